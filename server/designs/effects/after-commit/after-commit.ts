import type { Ctx, Services } from '../../../ctx.ts'
import { type Database, onEnd } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import { described, log, logError } from '../../../log.ts'
import type { Readings } from '../../../metrics/register.ts'
import { counter, gauge } from '../../../metrics/table.ts'
import type { Lifecycle, Option } from '../../option.ts'
import {
  applyEffect,
  attemptsMax,
  buryEffect,
  type EffectCounts,
  type EffectServices,
  NoSuchHandler,
} from '../apply.ts'
import type { Effects, OrderPaid } from '../effects.ts'
import { type Effect, effectsOf } from '../handlers.ts'

const metrics = {
  stampede_effects_in_memory: gauge(
    'Effects that wait or run in this process; lost where it dies.',
  ),
  stampede_memory_effects_total: counter(
    'Tries of effects in the memory of this process, by outcome.',
    { outcome: ['done', 'retried', 'dead'] },
  ),
}

export const afterCommit = {
  summary: 'in the memory of the process, once the payment has committed',
  out: 'effects under way in memory',
  closes: 'locks that wait for a partner',
  leavesOpen: 'a commit whose answer is lost loses its effects too, and neither is noticed',
  hazard: 'a process that dies after the commit loses the effects it had in memory',
  knownBad: { checks: ['effects-once'], when: 'at-a-crash' },
  metrics,
  open: (services: Services) => new AfterCommitEffects(services),
} satisfies Option<Effects>

/** Effects that run at once in one process; one that waits for its next try is not among them. */
const runningMax = 8
/** Beyond so many unfinished effects no payment may add any: memory has an end. */
const pendingMax = 10_000
/** Pause before the second try; S3 waited this long times the number of tries. */
const retryPauseMsDefault = 1000
/** Below the 10 s that a process has to drain. */
const drainMsMax = 8000

/**
 * Runs effects in the memory of one process: tried three times, then dead, as the worker's are.
 * Nothing of it outlives the process.
 */
export class AfterCommitEffects implements Effects, Lifecycle {
  readonly counts: EffectCounts = { done: 0, retried: 0, dead: 0 }
  readonly readings: Readings<typeof metrics> = {
    stampede_effects_in_memory: () => this.pending,
    stampede_memory_effects_total: () => ({ ...this.counts }),
  }
  readonly #services: EffectServices
  readonly #retryPauseMs: number
  readonly #waiting: { effect: Effect; tries: number }[] = []
  #running = 0
  #pending = 0
  #idle = Promise.withResolvers<void>()

  constructor(
    { connections, partners }: Pick<Services, 'connections' | 'partners'>,
    retryPauseMs = retryPauseMsDefault,
  ) {
    this.#services = { connections, partners, slackWebhookUrl: undefined }
    this.#retryPauseMs = retryPauseMs
  }

  /** Effects that wait or run. */
  get pending(): number {
    return this.#pending
  }

  /** Whether another event may come. */
  hasRoom(): boolean {
    return this.#pending < pendingMax
  }

  async publish(_ctx: Ctx, db: Database, events: readonly OrderPaid[]): Promise<void> {
    if (!this.hasRoom()) {
      throw new Problem('partner-failed', { detail: 'Too many effects wait in memory' })
    }
    onEnd(db, (ending) => {
      if (ending !== 'committed') return
      for (const event of events) this.begin(event)
    })
  }

  /** Begins the effects of an event in this process. */
  begin(event: { eventId: string; type: string }): void {
    for (const effect of effectsOf(event.eventId, event)) {
      if (this.#pending === 0) this.#idle = Promise.withResolvers<void>()
      this.#pending += 1
      this.#waiting.push({ effect, tries: 1 })
      this.#next()
    }
  }

  /** Lets what has begun end, 8 s at most. @returns how many effects ended */
  async settle(): Promise<number> {
    const begun = this.#pending
    if (begun > 0) await Promise.race([this.#idle.promise, Bun.sleep(drainMsMax)])
    return begun - this.#pending
  }

  /** Lets what has begun end, 8 s at most; what has not ended by then is lost. */
  async close(): Promise<void> {
    await this.settle()
    if (this.#pending > 0) log(`effects: ${this.#pending} lost in memory`)
  }

  #next(): void {
    while (this.#running < runningMax) {
      const job = this.#waiting.shift()
      if (!job) return
      this.#running += 1
      void this.#run(job.effect, job.tries).then((isOver) => {
        this.#running -= 1
        if (isOver) this.#pending -= 1
        if (this.#pending === 0) this.#idle.resolve()
        this.#next()
      })
    }
  }

  /** @returns false where it will be tried again */
  async #run(effect: Effect, tries: number): Promise<boolean> {
    try {
      await applyEffect(this.#services, effect, tries, { isRepeat: tries > 1 })
      this.counts.done += 1
      return true
    } catch (error) {
      const message = described(error)
      if (tries >= attemptsMax || error instanceof NoSuchHandler) {
        await this.#bury(effect, tries, message)
        return true
      }
      this.counts.retried += 1
      setTimeout(() => {
        this.#waiting.push({ effect, tries: tries + 1 })
        this.#next()
      }, this.#retryPauseMs * tries)
      return false
    }
  }

  async #bury(effect: Effect, tries: number, message: string): Promise<void> {
    this.counts.dead += 1
    log(`effects: ${effect.handler} of ${effect.eventId} is dead: ${message}`)
    await buryEffect(this.#services.connections, effect, tries, message).catch((error: unknown) => {
      logError(`effects: lost ${effect.handler} of ${effect.eventId}`, error)
    })
  }
}
