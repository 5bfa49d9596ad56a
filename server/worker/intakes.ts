import type { Registry } from 'prom-client'
import { withDeadline } from '../deadline.ts'
import {
  type ClaimedIntake,
  claimIntakes,
  endIntake,
  isAnyDue,
  putIntakeOff,
} from '../designs/admission/queued/intakes.ts'
import type { Design } from '../designs/design.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import { Problem } from '../errors.ts'
import { placeIntake } from '../flows/place-intake.ts'
import { KeyClaims, type Reply } from '../keys/key-claims.ts'
import { logError } from '../log.ts'
import { hotHistogram } from '../metrics/hot.ts'
import { registerMetrics } from '../metrics/register.ts'
import { counter, histogram } from '../metrics/table.ts'

/** Placed at once: most of the time they wait for the bank, and hold no connection. */
const atOnceMaxDefault = 64
/** Older ones are refused: their buyers have gone, and a late charge would surprise them. */
const ageMsMaxDefault = 5 * 60_000
/** A placement that takes longer gives its place up; the claim of its key still holds it. */
const placeMsMax = 25_000
const pauseMsMin = 250
const pauseMsMax = 5000

const outcomes = ['placed', 'refused', 'put-off'] as const
type Outcome = (typeof outcomes)[number]

export interface IntakeMeter {
  /** @param waitedMs since it was taken in */
  tried(outcome: Outcome, waitedMs: number): void
}

interface Limits {
  atOnceMax?: number
  ageMsMax?: number
}

/**
 * Places the orders that were taken in. One that fails for now is put off and tried again; its
 * key's claim sees to it that no two tries order twice, whichever processes they are of.
 */
export class IntakePlacer {
  readonly #options: OpenedOptions
  readonly #designFor: (userId: string) => Design
  readonly #meter: IntakeMeter
  readonly #claims: KeyClaims
  readonly #atOnceMax: number
  readonly #ageMsMax: number
  readonly #running = new Set<Promise<void>>()

  /** @param designFor the design of a customer's requests */
  constructor(
    options: OpenedOptions,
    designFor: (userId: string) => Design,
    meter: IntakeMeter,
    { atOnceMax = atOnceMaxDefault, ageMsMax = ageMsMaxDefault }: Limits = {},
  ) {
    this.#options = options
    this.#designFor = designFor
    this.#meter = meter
    this.#claims = new KeyClaims(options.services)
    this.#atOnceMax = atOnceMax
    this.#ageMsMax = ageMsMax
  }

  /** Begins as many placements as there are places for. @returns whether there may be more */
  async turn(): Promise<boolean> {
    const places = this.#atOnceMax - this.#running.size
    if (places === 0) {
      await Promise.race(this.#running)
      return true
    }
    const { connections } = this.#options.services
    if (!(await isAnyDue(connections))) return false
    const claimed = await claimIntakes(connections, places)
    for (const intake of claimed) {
      const placing = this.#try(intake).finally(() => this.#running.delete(placing))
      this.#running.add(placing)
    }
    return claimed.length > 0
  }

  /** Settles once no placement is under way. */
  async drain(): Promise<void> {
    await Promise.all(this.#running)
  }

  /** Never rejects: an intake of which nothing could be written is due again after its lease. */
  async #try(intake: ClaimedIntake): Promise<void> {
    const startedMs = performance.now()
    try {
      const ended = this.#end(intake)
      ended.catch(() => {})
      const outcome = await withDeadline(ended, placeMsMax, () => 'put-off' as const)
      this.#meter.tried(outcome, intake.waitedMs + performance.now() - startedMs)
    } catch (error) {
      logError(`intake ${intake.id}`, error)
    }
  }

  async #end(intake: ClaimedIntake): Promise<Outcome> {
    const { connections } = this.#options.services
    // Faults that are aimed at orders act on them here too.
    const ctx = this.#options.ctx(this.#designFor(intake.userId), 'orders.create', intake.userId)
    let reply: Reply
    try {
      reply = await placeIntake(ctx, this.#claims, intake, this.#ageMsMax)
    } catch (error) {
      if (!(error instanceof Problem)) logError(`intake ${intake.id}`, error)
      await putIntakeOff(connections, intake.id, pauseMs(intake.attempts))
      return 'put-off'
    }
    const outcome = reply.status < 400 ? 'placed' : 'refused'
    await endIntake(connections, intake.id, outcome, reply.body)
    return outcome
  }
}

/** Doubles with each try, and is drawn, so that those put off together do not come together. */
const pauseMs = (attempts: number): number =>
  Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(attempts, 10)) * (0.5 + Math.random() / 2)

/** Seconds, up to the age at which an intake is given up. */
const waitBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300]

export const intakeMetrics = {
  stampede_intake_tries_total: counter(
    'Tries to place an order that was taken in, by outcome; put-off = it is tried again.',
    { outcome: outcomes },
  ),
  stampede_intake_wait_seconds: histogram(
    'Time from the 202 until the order was placed or refused, by outcome.',
    waitBuckets,
    { outcome: ['placed', 'refused'] },
  ),
}

export function intakeMeter(registry: Registry): IntakeMeter {
  const tries = { placed: 0, refused: 0, 'put-off': 0 }
  const waits = hotHistogram(intakeMetrics.stampede_intake_wait_seconds)
  registerMetrics(registry, intakeMetrics, {
    stampede_intake_tries_total: () => tries,
    stampede_intake_wait_seconds: waits.read,
  })
  const waited = waits.each('outcome')
  return {
    tried(outcome, waitedMs) {
      tries[outcome] += 1
      if (outcome !== 'put-off') waited[outcome](waitedMs / 1000)
    },
  }
}
