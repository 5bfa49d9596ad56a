import jStat from 'jstat'
import { requestClasses } from '../../server/designs/admission/admission.ts'
import type { OptionCounts, Timed } from './counts.ts'
import { logMeanOf, logRatioOf } from './weigh.ts'

/**
 * By how much a time may be longer under the canary, in standard deviations of its logarithm: a
 * guess each. Answers of a shop spread by a factor of about two, so 1 stands for twice as long.
 */
const shifts = [0.5, 1, 2] as const
/** How many times as often it may be above the p98, where only a few answers are slow. */
const tailRatios = [8, 32] as const
const tailFrom = 0.98
const guesses = shifts.length + tailRatios.length

/**
 * A slow moment hits several requests of one customer, which are all on one side. Evidence to the
 * power of 1/c is valid where up to c requests come together; most have only one in that moment.
 */
const clusterSize = 1.5

/** Fewer timed requests of a class say nothing of what is slow. */
const timedMin = 50

/** Of a class: bounds of its bins, and for each guess what a request of each bin weighs. */
interface ClassScale {
  bounds: readonly string[]
  weights: readonly (readonly number[])[]
}

/** What is slow, by class; a class is absent where too few came. */
export type SlowScale = Readonly<Record<string, ClassScale>>

/** Takes the times of the old option as the scale. */
export function slowScaleOf(seen: OptionCounts): SlowScale {
  const known = Object.entries(seen.timed).flatMap(([name, timed]) => {
    const bounds = Object.keys(timed.within)
      .filter((le) => le !== '+Inf')
      .toSorted((a, b) => Number(a) - Number(b))
    if (timed.count < timedMin || bounds.length === 0) return []
    const bins = binsOf(timed, bounds)
    return [[name, { bounds, weights: weightsOf(bins) }] as const]
  })
  return Object.fromEntries(known)
}

/** Requests by bin; the last one is above all bounds. */
function binsOf(timed: Timed | undefined, bounds: readonly string[]): number[] {
  if (!timed) return bounds.map(() => 0)
  const within = [...bounds.map((bound) => timed.within[bound] ?? 0), timed.count]
  return within.map((count, bin) => Math.max(0, count - (within[bin - 1] ?? 0)))
}

function weightsOf(bins: readonly number[]): number[][] {
  const all = bins.reduce((sum, one) => sum + one, 0)
  let below = 0
  const ranks = bins.map((count) => {
    const middle = (below + count / 2) / all
    below += count
    return { middle, from: (below - count) / all }
  })
  // A time that the old option never had is no further off than its slowest of all.
  const least = 1 / (2 * all)
  const scores = ranks.map(({ middle }) =>
    jStat.normal.inv(Math.min(1 - least, Math.max(least, middle)), 0, 1),
  )
  const tailBin = ranks.findIndex(({ from }) => from >= tailFrom)
  return [
    ...shifts.map((shift) => scores.map((score) => Math.exp(shift * score))),
    ...tailRatios.map((ratio) =>
      scores.map((_, bin) => (tailBin >= 0 && bin >= tailBin ? ratio : 1)),
    ),
  ]
}

/** All classes taken together, and each: an option may slow down only one of them. */
const groups = ['all', ...requestClasses] as const
type Group = (typeof groups)[number]

/**
 * Sequential test of whether answers take longer under the canary: a mixture of likelihood ratios,
 * over all classes and each, and over guesses of how much longer. Their mean exceeds 1/alpha with
 * probability alpha at most where the options are alike (Ville), whenever it is looked at.
 */
export class SlowTest {
  readonly #scale: SlowScale
  readonly #alarmAt: number
  readonly #logs = new Map<Group, number[]>(groups.map((name) => [name, Array(guesses).fill(0)]))
  #isAlarmed = false

  /** @param alpha chance to be alarmed though both options are alike */
  constructor(scale: SlowScale, alpha: number) {
    this.#scale = scale
    this.#alarmAt = Math.log(1 / alpha)
  }

  add(base: OptionCounts, canary: OptionCounts): void {
    for (const name of requestClasses) {
      const scale = this.#scale[name]
      if (scale === undefined) continue
      const bins = [base, canary].map(({ timed }) => binsOf(timed[name], scale.bounds))
      const [old = [], fresh = []] = bins
      const growth = scale.weights.map((weights) => logRatioOf(old, fresh, weights) / clusterSize)
      this.#grow('all', growth)
      this.#grow(name, growth)
    }
    if (logMeanOf([...this.#logs.values()].flat()) >= this.#alarmAt) this.#isAlarmed = true
  }

  get isAlarmed(): boolean {
    return this.#isAlarmed
  }

  /** Where the evidence is strongest: `all`, or a class of requests. */
  get strongest(): Group {
    const most = (name: Group) => Math.max(...(this.#logs.get(name) ?? []))
    return groups.reduce((best, name) => (most(name) > most(best) ? name : best))
  }

  #grow(name: Group, growth: readonly number[]): void {
    const logs = this.#logs.get(name) ?? []
    for (const [index, more] of growth.entries()) logs[index] = (logs[index] ?? 0) + more
  }
}

/**
 * How many requests of the canary it takes, on average, to see answers that are slower by so many
 * standard deviations of the logarithm of their time.
 */
export function requestsToSee(shift: number, alpha: number): number {
  const needed = Math.log(1 / alpha) + Math.log(groups.length * guesses)
  const each = shifts.map((guess) => guess * shift - guess ** 2 / 2)
  return (needed * clusterSize) / Math.max(...each)
}
