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
  const value = sorted[rankOf(share, sorted.length) - 1]
  if (value === undefined) throw new RangeError('a percentile needs at least one sample')
  return value
}

/** The nearest rank of a share among so many samples, from 1 on. */
export function rankOf(share: number, count: number): number {
  // 0.07 × 100 is 7.000000000000001 in binary; without the nudge the rank would be one too high.
  return Math.max(1, Math.ceil(share * count - 1e-9))
}

/** How far apart two positive figures are, larger ÷ smaller − 1: 0.1 = 10 %. */
export function relativeDifference(a: number, b: number): number {
  return Math.max(a, b) / Math.min(a, b) - 1
}

/**
 * Noise of one session, for display: the largest relative difference between consecutive blocks of
 * the same arm. One list of positive figures per arm, in session order. Null when no arm has two
 * blocks.
 */
export function noiseFloorOf(figuresByArm: readonly (readonly number[])[]): number | null {
  const differences = figuresByArm.flatMap((figures) =>
    figures.slice(1).map((figure, index) => relativeDifference(figures[index] ?? figure, figure)),
  )
  return differences.length === 0 ? null : Math.max(...differences)
}
