import { isWithin } from './condition.ts'
import { type Customers, measure } from './measure.ts'
import type { StopEntry } from './schema.ts'

/** A customer may take so long before they count as not served yet. */
export const graceMs = 3000

/** Watches the stop conditions of an arm: pure but for its memory of since when each is true. */
export class StopWatch {
  readonly #entries: readonly StopEntry[]
  readonly #trueSinceMs: (number | null)[]

  constructor(entries: readonly StopEntry[]) {
    this.#entries = entries
    this.#trueSinceMs = entries.map(() => null)
  }

  /**
   * The condition that ends the run now; undefined where none does. One without data is not true:
   * nothing has gone wrong before anybody came.
   * @param startMs of the first arrival
   */
  look(customers: Customers, startMs: number, nowMs: number): string | undefined {
    const ended = this.#entries.map(({ condition, over, for: forSeconds }, index) => {
      const toMs = nowMs - graceMs
      const fromMs = toMs - over * 1000
      // A window that begins before the crowd would have fewer customers than asked for.
      const value = fromMs < startMs ? null : measure(condition.signal, customers, { fromMs, toMs })
      const isTrue = isWithin(condition, value)
      const sinceMs = isTrue ? (this.#trueSinceMs[index] ?? nowMs) : null
      this.#trueSinceMs[index] = sinceMs
      return sinceMs !== null && nowMs - sinceMs >= forSeconds * 1000
    })
    return this.#entries[ended.indexOf(true)]?.condition.text
  }
}
