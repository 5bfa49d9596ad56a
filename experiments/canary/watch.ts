import { requestClasses } from '../../server/designs/admission/admission.ts'
import type { OptionCounts, Timed } from './counts.ts'
import { SequentialTest } from './sequential-test.ts'

/** Chance that a canary of two options that are alike is stopped, over all its tests. */
export const alphaInAll = 0.05

/** What is watched: failures, refusals, and slow answers, of all classes and of each. */
const testNames = [
  'failed',
  'refused',
  'slow',
  ...requestClasses.map((name) => `slow ${name}`),
] as const
type TestName = (typeof testNames)[number]

/** The test of mismatches is one more. */
export const alphaOfOne = alphaInAll / (testNames.length + 1)

/** A request is slow where it is among the slowest tenth of the old option. */
const slowShare = 0.1
/** Fewer timed requests of a class say nothing of what is slow. */
const timedMin = 50

/** What came in one interval, by option. */
export interface Interval {
  base: OptionCounts
  canary: OptionCounts
  /** Compared by a shadow; those that differ have failed. */
  shadow?: OptionCounts
}

/** Bound of each class above which a request is slow; a class is absent where too few came. */
export type SlowBounds = Readonly<Record<string, string>>

/** The smallest bound that at least nine tenths of the old option's requests were within. */
export function slowBoundsOf(seen: OptionCounts): SlowBounds {
  const bounds = Object.entries(seen.timed).flatMap(([name, timed]) => {
    if (timed.count < timedMin) return []
    const bound = Object.keys(timed.within)
      .filter((le) => le !== '+Inf')
      .toSorted((a, b) => Number(a) - Number(b))
      .find((le) => (timed.within[le] ?? 0) >= (1 - slowShare) * timed.count)
    return bound === undefined ? [] : [[name, bound] as const]
  })
  return Object.fromEntries(bounds)
}

const slowIn = (timed: Timed | undefined, bound: string): number =>
  timed ? timed.count - (timed.within[bound] ?? 0) : 0

/** A right option differs no more often than by values that change and change back. */
const mismatchesAtMost = 0.001

/** Whether a shadow finds the options to differ, from its first comparison on. */
export class Mismatches {
  readonly #test = new SequentialTest({ alpha: alphaOfOne })

  add({ requests, failed }: OptionCounts): void {
    if (requests > 0) this.#test.addAgainst(failed, requests, mismatchesAtMost)
  }

  get isAlarmed(): boolean {
    return this.#test.isAlarmed
  }

  /** 1 = alarmed. */
  get evidence(): number {
    return this.#test.evidence
  }
}

/** What the tests of a canary have seen. */
export class Watch {
  readonly #tests = new Map<TestName, SequentialTest>(
    testNames.map((name) => [
      name,
      new SequentialTest({ alpha: alphaOfOne, isTwoSided: name === 'refused' }),
    ]),
  )
  readonly #bounds: SlowBounds
  readonly #rest = { requests: 0, failed: 0 }

  constructor(bounds: SlowBounds) {
    this.#bounds = bounds
  }

  add({ base, canary }: Interval): void {
    const all = base.requests + canary.requests
    if (all === 0) return
    const share = canary.requests / all
    if (base.requests === 0) {
      this.#addAlone(canary)
      return
    }
    this.#rest.requests += all
    this.#rest.failed += base.failed + canary.failed
    this.#test('failed').add({ base: base.failed, canary: canary.failed, share })
    this.#test('refused').add({ base: base.refused, canary: canary.refused, share })
    for (const [name, bound] of Object.entries(this.#bounds)) {
      const [old, fresh] = [base.timed[name], canary.timed[name]]
      const timed = (old?.count ?? 0) + (fresh?.count ?? 0)
      const tally = {
        base: slowIn(old, bound),
        canary: slowIn(fresh, bound),
        share: timed === 0 ? 0 : (fresh?.count ?? 0) / timed,
      }
      this.#test('slow').add(tally)
      this.#test(`slow ${name}` as TestName).add(tally)
    }
  }

  /** The alarm that was raised, or undefined. */
  alarm(): TestName | undefined {
    return testNames.find((name) => this.#test(name).isAlarmed)
  }

  /** Highest evidence of each test, 1 = alarmed. */
  evidence(): Record<string, number> {
    return Object.fromEntries(testNames.map((name) => [name, this.#test(name).evidence]))
  }

  /** All customers have the new option: only more failures than ever before are judged. */
  #addAlone({ failed, requests }: OptionCounts): void {
    if (this.#rest.requests === 0) return
    const most = this.#rest.failed + 3 * Math.sqrt(this.#rest.failed + 1)
    this.#test('failed').addAgainst(failed, requests, Math.min(0.5, most / this.#rest.requests))
  }

  #test(name: TestName): SequentialTest {
    const test = this.#tests.get(name)
    if (!test) throw new Error(`no test is named ${name}`)
    return test
  }
}
