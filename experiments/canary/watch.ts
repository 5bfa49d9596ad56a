import type { OptionCounts } from './counts.ts'
import { SequentialTest } from './sequential-test.ts'
import { type SlowScale, SlowTest } from './slow-test.ts'

/** Chance that a canary of two options that are alike is stopped, over all its tests. */
export const alphaInAll = 0.05

/** What is watched besides slow answers and mismatches. */
const eventNames = ['failed', 'refused'] as const
type EventName = (typeof eventNames)[number]

/** Parts of it, by test. */
export const alphas = { failed: 0.01, refused: 0.01, mismatched: 0.01, slow: 0.02 }

/** What came in one interval, by option. */
export interface Interval {
  base: OptionCounts
  canary: OptionCounts
  /** Compared by a shadow; those that differ have failed. */
  shadow?: OptionCounts
}

/** A right option differs no more often than by values that change and change back. */
const mismatchesAtMost = 0.001

/** Whether a shadow finds the options to differ, from its first comparison on. */
export class Mismatches {
  readonly #test = new SequentialTest({ alpha: alphas.mismatched })

  add({ requests, failed }: OptionCounts): void {
    if (requests > 0) this.#test.addAgainst(failed, requests, mismatchesAtMost)
  }

  get isAlarmed(): boolean {
    return this.#test.isAlarmed
  }
}

/** What the tests of a canary have seen. */
export class Watch {
  readonly #events: Record<EventName, SequentialTest> = {
    failed: new SequentialTest({ alpha: alphas.failed }),
    refused: new SequentialTest({ alpha: alphas.refused, isTwoSided: true }),
  }
  readonly #slow: SlowTest
  readonly #rest = { requests: 0, failed: 0 }

  constructor(scale: SlowScale) {
    this.#slow = new SlowTest(scale, alphas.slow)
  }

  add({ base, canary }: Interval): void {
    const all = base.requests + canary.requests
    if (all === 0) return
    if (base.requests === 0) {
      this.#addAlone(canary)
      return
    }
    const share = canary.requests / all
    this.#rest.requests += all
    this.#rest.failed += base.failed + canary.failed
    for (const name of eventNames) {
      this.#events[name].add({ base: base[name], canary: canary[name], share })
    }
    this.#slow.add(base, canary)
  }

  /** What the alarm is for, or undefined: `failed`, `refused`, `slow`, or `slow` and a class. */
  alarm(): string | undefined {
    const event = eventNames.find((name) => this.#events[name].isAlarmed)
    if (event !== undefined || !this.#slow.isAlarmed) return event
    const { strongest } = this.#slow
    return strongest === 'all' ? 'slow' : `slow ${strongest}`
  }

  /** All customers have the new option: only more failures than ever before are judged. */
  #addAlone({ failed, requests }: OptionCounts): void {
    if (this.#rest.requests === 0) return
    const most = this.#rest.failed + 3 * Math.sqrt(this.#rest.failed + 1)
    this.#events.failed.addAgainst(failed, requests, Math.min(0.5, most / this.#rest.requests))
  }
}
