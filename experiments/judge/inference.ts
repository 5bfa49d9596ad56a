import jStat from 'jstat'

/** Pairs from which an interval is stated with its coverage (benchstat: six a side). */
export const intervalPairsMin = 6
/** Pairs from which a difference may be claimed; below, there are only figures. */
export const claimPairsMin = 4
/** Coverage of a stated interval. */
const coverage = 0.95
/** Share of rehearsals of two equal designs in which one of the two claims may be false. */
export const falseClaimShareMax = 0.05
/** Power at which the smallest visible difference is stated. */
const powerAimed = 0.8
/** The first claim has nine tenths of the error to itself; the rest is the second one's. */
const firstShare = 0.9

/** A ratio of two arms over pairs of blocks. */
export interface Estimate {
  /** Geometric mean of the pair ratios. */
  value: number
  low: number
  high: number
  /** Of the interval low to high; null = the range of the pairs, too few for an interval. */
  coverage: number | null
  pairs: number
}

/** What may be claimed of a ratio against a margin fixed beforehand. */
export type Decision = 'higher' | 'lower' | 'equivalent' | 'undecided'

/**
 * Geometric mean of pair ratios with Student's interval on their logarithms, so that 2 × and ½ ×
 * weigh the same. Below `intervalPairsMin` pairs, the range of the pairs.
 * @throws RangeError without ratios, or when one is not a positive finite number
 */
export function estimate(pairRatios: readonly number[]): Estimate {
  const logs = logsOf(pairRatios)
  const value = Math.exp(sampleOf(logs).mean)
  const pairs = pairRatios.length
  if (pairs < intervalPairsMin) {
    const [low, high] = endsOf(pairRatios)
    return { value, low, high, coverage: null, pairs }
  }
  const [low, high] = endsOf(logs)
  return { value, low: Math.exp(low), high: Math.exp(high), coverage, pairs }
}

/** Ends of Student's interval of a mean; of fewer than `intervalPairsMin` figures, their range. */
export function endsOf(figures: readonly number[]): [low: number, high: number] {
  if (figures.length < intervalPairsMin) return [Math.min(...figures), Math.max(...figures)]
  const { mean, standardError, degrees } = sampleOf(figures)
  const half = quantile(1 - (1 - coverage) / 2, degrees) * standardError
  return [mean - half, mean + half]
}

/** Ratios that are claimed about together with others, and their share of the error. */
export interface Claim {
  pairRatios: readonly number[]
  /** The error is shared in proportion to the weights. */
  weight: number
}

/** What was found of one of several claims. */
export interface Judged {
  decision: Decision
  /** `smallestVisible` at the share of the error that it was judged with. */
  visible: number | null
}

/**
 * Judges two ratios of one rehearsal together, so that two equal designs differ by either sentence
 * in at most `falseClaimShareMax` of the rehearsals.
 * @param margin differences up to it do not matter: 0.05 = 5 %
 */
export function decideTogether(
  first: readonly number[],
  second: readonly number[],
  margin: number,
): [Judged, Judged] {
  const claims = [
    { pairRatios: first, weight: firstShare },
    { pairRatios: second, weight: 1 - firstShare },
  ]
  return decideAll(claims, margin) as [Judged, Judged]
}

/**
 * Judges all claims of a run, so that any of them is false in at most `falseClaimShareMax` of the
 * runs (Holm's procedure with weights: what is claimed leaves its share to the others).
 * @returns what was found of each claim, in their order
 */
export function decideAll(claims: readonly Claim[], margin: number): Judged[] {
  const chances = claims.map(({ pairRatios }) => chanceBeyond(pairRatios, margin))
  const order = [...claims.entries()].toSorted(
    ([a, one], [b, other]) => (chances[a] ?? 1) / one.weight - (chances[b] ?? 1) / other.weight,
  )
  const beyond = new Set<number>()
  let weightLeft = claims.reduce((sum, { weight }) => sum + weight, 0)
  const errorOf = (weight: number) => (falseClaimShareMax * weight) / weightLeft
  for (const [index, { weight }] of order) {
    if ((chances[index] ?? 1) >= errorOf(weight)) break
    beyond.add(index)
    weightLeft -= weight
  }
  return claims.map(({ pairRatios, weight }, index) => ({
    decision: decided(pairRatios, beyond.has(index), margin),
    visible: smallestVisible(pairRatios, margin, beyond.has(index) ? undefined : errorOf(weight)),
  }))
}

/** Judges one ratio that stands for itself. @param errorMax chance of a false claim, 0..1 */
export function decide(
  pairRatios: readonly number[],
  margin: number,
  errorMax = falseClaimShareMax,
): Decision {
  return decided(pairRatios, chanceBeyond(pairRatios, margin) < errorMax, margin)
}

/**
 * Chance that pairs lie as far beyond the margin, on either side, though the truth does not;
 * 1 where there are too few for any claim.
 */
export function chanceBeyond(pairRatios: readonly number[], margin: number): number {
  if (pairRatios.length < claimPairsMin) return 1
  const { mean, standardError, degrees } = sampleOf(logsOf(pairRatios))
  const beyond = Math.abs(mean) - Math.log1p(margin)
  if (beyond <= 0) return 1
  if (standardError === 0) return 0
  return 2 * (1 - jStat.studentt.cdf(beyond / standardError, degrees))
}

/**
 * The smallest ratio above 1 that as many pairs with as much noise would have shown in four of
 * five rehearsals; null where there are too few pairs for any claim.
 * @param errorMax chance of a false claim, 0..1
 */
export function smallestVisible(
  pairRatios: readonly number[],
  margin: number,
  errorMax = falseClaimShareMax,
): number | null {
  if (pairRatios.length < claimPairsMin) return null
  const { standardError, degrees } = sampleOf(logsOf(pairRatios))
  const claimed = quantile(1 - errorMax / 2, degrees)
  const reached = quantile(powerAimed, degrees)
  return (1 + margin) * Math.exp((claimed + reached) * standardError)
}

function decided(pairRatios: readonly number[], isBeyond: boolean, margin: number): Decision {
  if (pairRatios.length < claimPairsMin) return 'undecided'
  const { mean, standardError, degrees } = sampleOf(logsOf(pairRatios))
  if (isBeyond) return mean > 0 ? 'higher' : 'lower'
  // Two one-sided tests, each at the whole error: the 90 % interval lies within the margin.
  const half = quantile(1 - falseClaimShareMax, degrees) * standardError
  return Math.abs(mean) + half <= Math.log1p(margin) ? 'equivalent' : 'undecided'
}

function logsOf(pairRatios: readonly number[]): number[] {
  if (pairRatios.length === 0) throw new RangeError('a ratio needs at least one pair of blocks')
  return pairRatios.map((ratio) => {
    if (!(ratio > 0 && Number.isFinite(ratio))) throw new RangeError(`ratio ${ratio} has no log`)
    return Math.log(ratio)
  })
}

function sampleOf(figures: readonly number[]) {
  const count = figures.length
  const degrees = count - 1
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / count
  const squares = figures.reduce((sum, figure) => sum + (figure - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / Math.max(1, degrees) / count), degrees }
}

const quantiles = new Map<string, number>()

/** Student's quantile; kept, since a run asks for few of them and each is a search. */
function quantile(share: number, degrees: number): number {
  const key = `${share} ${degrees}`
  const value = quantiles.get(key) ?? jStat.studentt.inv(share, degrees)
  quantiles.set(key, value)
  return value
}
