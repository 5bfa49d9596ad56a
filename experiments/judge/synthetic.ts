import { journeyRandom, type Random } from '../../loadtests/crowd/random.ts'

/** How the figures of blocks scatter. */
export const noises = ['normal', 'heavy tails', 'drift', 'bad blocks'] as const
export type Noise = (typeof noises)[number]

/** One block in ten falls to a half of its figure. */
const badShare = 0.1
const badLog = Math.log(0.5)
/** What a wandering machine is now says little of what it is so many blocks later. */
const wanderBlocks = 10
/** A drifting machine changes by two standard deviations over a session. */
const driftDeviations = 2
const heavyDegrees = 3

/**
 * Pair ratios of synthetic sessions whose truth is known, to put statistics to the test.
 * @param seed same seed, same sessions
 */
export class SyntheticSessions {
  readonly #random: Random

  constructor(seed: number) {
    this.#random = journeyRandom(seed, 0, 7)
  }

  /**
   * Ratios second ÷ first of one session in ABBA order.
   * @param deviation standard deviation of the logarithm of one block's figure
   * @param truth the ratio that the session would show without noise
   */
  pairRatios(pairs: number, deviation: number, truth: number, noise: Noise): number[] {
    return Array.from({ length: pairs }, (_, pair) => {
      const isTurned = pair % 2 === 1
      const [early, late] = [2 * pair, 2 * pair + 1].map((position) =>
        this.#block(noise, deviation, position / (2 * pairs)),
      ) as [number, number]
      const difference = isTurned ? early - late : late - early
      return truth * Math.exp(difference)
    })
  }

  /** Figures of one design, a block each, around 1. */
  figures(blocks: number, deviation: number, noise: Noise): number[] {
    return Array.from({ length: blocks }, (_, block) =>
      Math.exp(this.#block(noise, deviation, block / blocks)),
    )
  }

  /**
   * Of blocks one after the other, how much slower or faster the machine is: for some minutes, and
   * then otherwise (Ornstein and Uhlenbeck). Factors around 1.
   */
  wander(blocks: number, deviation: number): number[] {
    const kept = Math.exp(-1 / wanderBlocks)
    let log = deviation * this.#normal()
    return Array.from({ length: blocks }, () => {
      log = kept * log + deviation * Math.sqrt(1 - kept ** 2) * this.#normal()
      return Math.exp(log)
    })
  }

  /** Logarithm of a block's figure around 0. @param position 0..1 of the session */
  #block(noise: Noise, deviation: number, position: number): number {
    switch (noise) {
      case 'normal':
        return deviation * this.#normal()
      case 'heavy tails':
        return (deviation * this.#student()) / Math.sqrt(heavyDegrees)
      case 'drift':
        return deviation * (this.#normal() + driftDeviations * position)
      case 'bad blocks':
        return deviation * this.#normal() + (this.#random() < badShare ? badLog : 0)
    }
  }

  /** Box and Muller. */
  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()))
    return radius * Math.cos(2 * Math.PI * this.#random())
  }

  /** Student's t with three degrees of freedom: its variance is three. */
  #student(): number {
    const squares = Array.from({ length: heavyDegrees }, () => this.#normal() ** 2)
    return this.#normal() / Math.sqrt(squares.reduce((sum, square) => sum + square) / heavyDegrees)
  }
}
