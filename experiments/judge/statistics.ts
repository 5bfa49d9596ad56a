import { median, quantileSorted, sampleWithReplacement } from 'simple-statistics'
import { journeyRandom } from '../../loadtests/crowd/random.ts'
import type { Ratio } from '../run/result.ts'

/** Resamples of a bootstrap interval; benchstat and criterion use the same order of magnitude. */
const BOOTSTRAP_RESAMPLES = 10_000

/**
 * Nearest-rank percentile: the smallest sample with at least `share` (0..1] of all samples at or
 * below it. It is always a value that was really measured.
 *
 * @throws RangeError without samples or with a share outside (0, 1].
 */
export function percentile(samples: readonly number[], share: number): number {
  return percentileSorted(
    samples.toSorted((a, b) => a - b),
    share,
  )
}

/** As `percentile`, for samples that are already sorted ascending. */
export function percentileSorted(sorted: readonly number[], share: number): number {
  if (!(share > 0 && share <= 1)) throw new RangeError(`share ${share} is outside (0, 1]`)
  // 0.07 × 100 is 7.000000000000001 in binary; without the nudge the rank would be one too high.
  const value = sorted[Math.max(1, Math.ceil(share * sorted.length - 1e-9)) - 1]
  if (value === undefined) throw new RangeError('a percentile needs at least one sample')
  return value
}

/**
 * Median of per-pair ratios, in the log domain so that 2× and ½× weigh the same, with a 95 %
 * percentile-bootstrap interval. The same ratios and seed give the same interval.
 *
 * @throws RangeError without ratios, or when one is not a positive finite number.
 */
export function ratioOf(pairRatios: readonly number[], seed: number): Ratio {
  if (pairRatios.length === 0) throw new RangeError('a ratio needs at least one pair of blocks')
  const logs = pairRatios.map((ratio) => {
    if (!(ratio > 0 && Number.isFinite(ratio))) throw new RangeError(`ratio ${ratio} has no log`)
    return Math.log(ratio)
  })
  const random = journeyRandom(seed, 0)
  const medians = Array.from({ length: BOOTSTRAP_RESAMPLES }, () =>
    median(sampleWithReplacement(logs, logs.length, random)),
  ).sort((a, b) => a - b)
  return {
    value: Math.exp(median(logs)),
    low: Math.exp(quantileSorted(medians, 0.025)),
    high: Math.exp(quantileSorted(medians, 0.975)),
  }
}

/** How far apart two positive figures are, larger ÷ smaller − 1: 0.1 = 10 %. */
export function relativeDifference(a: number, b: number): number {
  return Math.max(a, b) / Math.min(a, b) - 1
}

/**
 * Noise floor of one session: the largest relative difference between consecutive blocks of the
 * same arm (in ABBA order every arm's blocks bracket the other's). One list of positive figures
 * per arm, in session order. Null when no arm has two blocks.
 */
export function noiseFloorOf(figuresByArm: readonly (readonly number[])[]): number | null {
  const differences = figuresByArm.flatMap((figures) =>
    figures.slice(1).map((figure, index) => relativeDifference(figures[index] ?? figure, figure)),
  )
  return differences.length === 0 ? null : Math.max(...differences)
}

/**
 * Which way a ratio points once noise is allowed for: its whole interval must clear 1 by more than
 * the noise floor, else nothing may be claimed.
 */
export function directionOf(ratio: Ratio, noiseFloor: number): 'higher' | 'lower' | 'none' {
  if (ratio.low > 1 + noiseFloor) return 'higher'
  return ratio.high < 1 / (1 + noiseFloor) ? 'lower' : 'none'
}
