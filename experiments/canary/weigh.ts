/**
 * Logarithm of the likelihood ratio of which requests of an interval were the canary's, if a
 * request with a time in bin b is `weights[b]` times as likely to be one of its. Were the options
 * alike, each choice of as many requests would be as likely: the ratio has mean 1 then, whatever
 * times the interval's requests took (a permutation test).
 * @param base requests of the other option by bin, `canary` those of the canary
 */
export function logRatioOf(
  base: readonly number[],
  canary: readonly number[],
  weights: readonly number[],
): number {
  const all = base.map((count, bin) => count + (canary[bin] ?? 0))
  const [ofBase, ofCanary] = [sumOf(base), sumOf(canary)]
  if (ofBase === 0 || ofCanary === 0) return 0
  if (ofCanary <= ofBase) return logWeight(canary, weights) - logMean(all, weights, ofCanary)
  const inverse = weights.map((weight) => 1 / weight)
  return logWeight(base, inverse) - logMean(all, inverse, ofBase)
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0)

const logWeight = (counts: readonly number[], weights: readonly number[]) =>
  counts.reduce((sum, count, bin) => sum + count * Math.log(weights[bin] ?? 1), 0)

/** Logarithm of the mean product of weights over all choices of `chosen` requests. */
function logMean(all: readonly number[], weights: readonly number[], chosen: number): number {
  const mean = all.reduce((sum, count, bin) => sum + count * (weights[bin] ?? 1), 0) / sumOf(all)
  // Of the requests seen so far, the mean over choices of 0, 1, … of them.
  const means = new Float64Array(chosen + 1)
  means[0] = 1
  let seen = 0
  for (const [bin, count] of all.entries()) {
    const weight = (weights[bin] ?? 1) / mean
    for (let one = 0; one < count; one += 1) {
      seen += 1
      for (let k = Math.min(seen, chosen); k > 0; k -= 1) {
        means[k] = ((seen - k) * (means[k] ?? 0) + k * weight * (means[k - 1] ?? 0)) / seen
      }
    }
  }
  return Math.log(means[chosen] ?? 1) + chosen * Math.log(mean)
}

/** Logarithm of the mean of numbers whose logarithms are given. */
export function logMeanOf(logs: readonly number[]): number {
  const most = Math.max(...logs)
  const sum = logs.reduce((total, one) => total + Math.exp(one - most), 0)
  return most + Math.log(sum / logs.length)
}
