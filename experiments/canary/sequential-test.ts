/** How many times as often an event may happen under the canary: a guess each. */
const ratios = [1.25, 1.5, 2, 3, 5, 10, 30, 100]

export interface SequentialTestOptions {
  /** Chance to be alarmed though both options are alike, however long it is watched. */
  alpha: number
  /** Also alarmed where it happens less often. */
  isTwoSided?: boolean
}

/** What happened in one interval. */
export interface Tally {
  /** Requests to which it happened, by the option that they had. */
  base: number
  canary: number
  /** Share of the canary in all requests of the interval. */
  share: number
}

/**
 * Events that come together, such as the tries of one intent, count as one of this size. Evidence
 * to the power of 1/c is still valid where up to c events always fall on the same side.
 */
export const clusterSize = 2

/**
 * Mixture sequential probability ratio test (mSPRT; Robbins 1970, Johari et al. 2017) of whether an
 * event happens more often under the canary. Were the options alike, each event would fall on the
 * canary with the probability of its share of the requests. The likelihood ratio of that, averaged
 * over guesses of how much more often, exceeds 1/alpha with probability alpha at most, at whatever
 * time it is looked at (Ville), and whatever the rate of the event is.
 */
export class SequentialTest {
  readonly #guesses: readonly number[]
  readonly #logRatios: number[]
  readonly #alarmAt: number
  #highest = 0

  constructor({ alpha, isTwoSided = false }: SequentialTestOptions) {
    this.#guesses = isTwoSided ? [...ratios, ...ratios.map((ratio) => 1 / ratio)] : ratios
    this.#logRatios = this.#guesses.map(() => 0)
    this.#alarmAt = Math.log(1 / alpha)
  }

  /** Intervals in which only one of the options had requests say nothing. */
  add({ base, canary, share }: Tally): void {
    if (share <= 0 || share >= 1) return
    this.#addEach((ratio) => growthOf({ base, canary, share }, ratio))
  }

  /**
   * Where no customer has the other option any more: against how often it happened before.
   * @param rate the most that is to be expected of the event
   */
  addAgainst(events: number, requests: number, rate: number): void {
    this.#addEach((ratio) => {
      const often = ratio * rate
      if (often >= 1 || rate <= 0) return 0
      const rest = (requests - events) * Math.log((1 - often) / (1 - rate))
      return (events * Math.log(ratio) + rest) / clusterSize
    })
  }

  /** Highest evidence so far, as a part of what raises the alarm: 1 = alarmed. */
  get evidence(): number {
    return this.#highest / this.#alarmAt
  }

  get isAlarmed(): boolean {
    return this.#highest >= this.#alarmAt
  }

  #addEach(growth: (ratio: number) => number): void {
    for (const [index, ratio] of this.#guesses.entries()) {
      this.#logRatios[index] = (this.#logRatios[index] ?? 0) + growth(ratio)
    }
    this.#highest = Math.max(this.#highest, meanOf(this.#logRatios))
  }
}

/** By how much the logarithm of the likelihood ratio grows in an interval. */
function growthOf({ base, canary, share }: Tally, ratio: number): number {
  const spread = Math.log(ratio * share + 1 - share)
  return (canary * Math.log(ratio) - (base + canary) * spread) / clusterSize
}

/** Logarithm of the mean of likelihood ratios, of which the logarithms are given. */
function meanOf(logs: readonly number[]): number {
  const most = Math.max(...logs)
  const sum = logs.reduce((total, one) => total + Math.exp(one - most), 0)
  return most + Math.log(sum / logs.length)
}

export interface Situation {
  requestsPerSecond: number
  share: number
  seconds: number
  /** How often the event happens to customers of the other option, 0 to 1. */
  rate: number
  alpha: number
}

const finest = 0.001

/**
 * How often the event must happen under the canary to be seen in that time, on average.
 * @returns 0 to 1; undefined where not even an event of every request would be
 */
export function smallestSeen(situation: Situation): number | undefined {
  const { requestsPerSecond, share, seconds, rate, alpha } = situation
  const needed = Math.log(1 / alpha) + Math.log(ratios.length)
  const all = requestsPerSecond * seconds
  for (let often = rate; often <= 1; often += finest) {
    const tally = { base: all * (1 - share) * rate, canary: all * share * often, share }
    if (Math.max(...ratios.map((ratio) => growthOf(tally, ratio))) >= needed) return often
  }
  return undefined
}
