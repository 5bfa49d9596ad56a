import type { Shadow, ShadowAxis } from '../designs/flags/shadow.ts'
import { described } from '../log.ts'
import type { RouteName } from '../route-names.ts'
import type { Difference } from './compare.ts'
import { fieldLabel } from './fields.ts'

/** How the shadow of one request ended. */
export const shadowOutcomes = [
  'same',
  'late',
  'natural',
  'mismatched',
  'failed',
  'timed-out',
  'dropped',
  'skipped',
] as const
export type ShadowOutcome = (typeof shadowOutcomes)[number]

/** One field of one request in which the options differ. */
export interface Mismatch {
  /** ISO 8601, by the process's clock. */
  at: string
  route: RouteName
  field: string
  /** JSON text, 200 characters at most. */
  served: string
  shadow: string
}

/** Where the outcomes are counted besides, for the metrics. */
export interface ShadowMeter {
  ended(axis: ShadowAxis, outcome: ShadowOutcome): void
  mismatched(axis: ShadowAxis, field: string): void
  /** @param fields of one request */
  differedByNature(axis: ShadowAxis, fields: number): void
  ran(axis: ShadowAxis, durationMs: number): void
  /** @param transactions that waited for locks of a run when it had ended */
  blocked(axis: ShadowAxis, transactions: number): void
}

export const silentShadowMeter: ShadowMeter = {
  ended: () => {},
  mismatched: () => {},
  differedByNature: () => {},
  ran: () => {},
  blocked: () => {},
}

/** Pairs of the served option with itself, before the other one is compared. */
export const floorPairs = 20
/** The last mismatches that are kept of an axis. */
const keptMax = 50
/** Of one request so many are kept at most: one wrong list must not push out all others. */
const keptOfRequestMax = 5
const valueLengthMax = 200
const secret = /token|key|secret|password|authorization/i

/** What one process has seen of the shadow of one axis, since the change that set it. */
export class ShadowRecord {
  readonly outcomes = Object.fromEntries(shadowOutcomes.map((name) => [name, 0])) as Record<
    ShadowOutcome,
    number
  >
  readonly mismatches = new Map<string, number>()
  /** Pairs in which a field differed by nature. */
  readonly natural = new Map<string, number>()
  readonly last: Mismatch[] = []
  /** Pairs of the served option with itself so far. */
  floor = 0
  /** Transactions that waited for locks of the runs; undefined = not known. */
  blocked: number | undefined
  /** Why the last one that failed did so, until one does not. */
  problem: string | undefined
  readonly #meter: ShadowMeter
  readonly #floorFields = new Map<string, number>()

  constructor(
    readonly shadow: Pick<Shadow, 'axis' | 'epoch'>,
    meter: ShadowMeter,
  ) {
    this.#meter = meter
  }

  /** Differs in half of the pairs of the served option with itself: no option is judged by it. */
  isNoise(field: string): boolean {
    return (this.#floorFields.get(field) ?? 0) >= floorPairs / 2
  }

  /** Takes in a pair of the served option with itself. */
  floorDiffered(fields: readonly string[]): void {
    if (this.floor < floorPairs) {
      for (const field of fields) {
        this.#floorFields.set(field, (this.#floorFields.get(field) ?? 0) + 1)
      }
    }
    this.floor += 1
    this.differedByNature(fields)
  }

  /** A pair of the served option with itself is due first. */
  get isFloorDue(): boolean {
    return this.floor < floorPairs
  }

  ended(outcome: ShadowOutcome): void {
    this.outcomes[outcome] += 1
    this.#meter.ended(this.shadow.axis, outcome)
  }

  ran(durationMs: number): void {
    this.problem = undefined
    this.#meter.ran(this.shadow.axis, durationMs)
  }

  hasBlocked(transactions: number): void {
    this.blocked = (this.blocked ?? 0) + transactions
    this.#meter.blocked(this.shadow.axis, transactions)
  }

  /** @returns true for the first failure after one that went well */
  failed(error: unknown): boolean {
    const isFirst = this.problem === undefined
    this.problem = described(error)
    this.ended('failed')
    return isFirst
  }

  differedByNature(fields: Iterable<string>): void {
    const labels = this.#labels(fields)
    for (const field of labels) this.natural.set(field, (this.natural.get(field) ?? 0) + 1)
    if (labels.size > 0) this.#meter.differedByNature(this.shadow.axis, labels.size)
  }

  mismatched(route: RouteName, found: readonly Difference[], nowMs: number): void {
    for (const field of this.#labels(found.map(({ field }) => field))) {
      this.mismatches.set(field, (this.mismatches.get(field) ?? 0) + 1)
      this.#meter.mismatched(this.shadow.axis, field)
    }
    const at = new Date(nowMs).toISOString()
    for (const { field, served, shadow } of found.slice(0, keptOfRequestMax)) {
      const shown = (value: unknown) => (secret.test(field) ? '[redacted]' : textOf(value))
      this.last.push({ at, route, field, served: shown(served), shadow: shown(shadow) })
    }
    this.last.splice(0, this.last.length - keptMax)
  }

  #labels(fields: Iterable<string>): Set<string> {
    return new Set([...fields].map((field) => fieldLabel(this.shadow.axis, field)))
  }
}

/** Values of a secret's name inside are left out as well. */
function textOf(value: unknown): string {
  const hidden = (name: string, inner: unknown) => (secret.test(name) ? '[redacted]' : inner)
  return (JSON.stringify(value, hidden) ?? 'absent').slice(0, valueLengthMax)
}
