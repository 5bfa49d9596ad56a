import type { Probe } from './search.ts'

/** Where a fit of all probes puts the rate that half of the blocks hold, or a ratio of two. */
export interface Fit {
  /** Journeys per second, or a ratio; the median of what is likely. */
  value: number
  /** With a chance of `fitCoverage` the truth lies between the two. */
  low: number
  high: number
}

export const fitCoverage = 0.95

/** Rates beyond what was tried, as a factor: the fit looks so far on either side. */
const beyondTried = 1.5
const rateSteps = 120
/** How far the border is blurred from block to block, as a logarithm. */
const blurs = [0.01, 0.03, 0.06, 0.1, 0.15]
/** Blocks that are lost at any rate, since something else befell the machine. */
const lapses = [0.005, 0.03, 0.1, 0.2]

/** How likely the logarithm of the border is at `log`, up to a factor that all points share. */
interface Point {
  log: number
  weight: number
}

/**
 * A logistic curve in the logarithm of the rate, through all probes: how likely a block is held.
 * Its blur and the share of blocks that are lost at any rate are not known, so all of `blurs` and
 * `lapses` count, each as far as it agrees with the probes (a Bayesian fit, flat in the logarithm
 * of the rate).
 * @returns null unless something was held and something lost: probes on one side have no border
 */
export function fitOf(probes: readonly Probe[]): Fit | null {
  const points = pointsOf(probes)
  return points && summaryOf(points)
}

/**
 * The border of one arm ÷ that of another, from the fits of both.
 * @returns null unless both have a border
 */
export function ratioFit(probes: readonly Probe[], others: readonly Probe[]): Fit | null {
  const [above, below] = [pointsOf(probes), pointsOf(others)]
  if (!above || !below) return null
  const quotients = above.flatMap((one) =>
    below.map((other) => ({ log: one.log - other.log, weight: one.weight * other.weight })),
  )
  return summaryOf(quotients.sort((one, other) => one.log - other.log))
}

/** Points in ascending order, from below all rates that were tried to above them. */
function pointsOf(probes: readonly Probe[]): Point[] | null {
  const clear = probes.filter(({ outcome }) => outcome !== 'unclear')
  const held = clear.filter(({ outcome }) => outcome === 'held').length
  if (held === 0 || held === clear.length) return null
  const logs = clear.map(({ rate }) => Math.log(rate))
  const from = Math.min(...logs) - Math.log(beyondTried)
  const step = (Math.max(...logs) + Math.log(beyondTried) - from) / rateSteps
  return Array.from({ length: rateSteps + 1 }, (_, index) => {
    const log = from + index * step
    return { log, weight: likelihoodOf(log, clear) }
  })
}

function summaryOf(points: readonly Point[]): Fit {
  const total = points.reduce((sum, { weight }) => sum + weight, 0)
  const at = (share: number) => {
    let sum = 0
    const found = points.find(({ weight }) => {
      sum += weight
      return sum >= share * total
    })
    return Math.exp(found?.log ?? 0)
  }
  return { value: at(0.5), low: at((1 - fitCoverage) / 2), high: at((1 + fitCoverage) / 2) }
}

/** How likely these probes are with the border there, over every blur and lapse. */
function likelihoodOf(border: number, probes: readonly Probe[]): number {
  let sum = 0
  for (const blur of blurs) {
    const products = lapses.map(() => 1)
    for (const { rate, outcome } of probes) {
      const holds = 1 / (1 + Math.exp((Math.log(rate) - border) / blur))
      for (const [index, lapse] of lapses.entries()) {
        const isHeld = (1 - lapse) * holds
        products[index] = (products[index] ?? 0) * (outcome === 'held' ? isHeld : 1 - isHeld)
      }
    }
    for (const product of products) sum += product
  }
  return sum
}
