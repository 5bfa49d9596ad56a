import type { Probe } from './search.ts'

/** Where a fit of all probes puts the rate that is held in half of the blocks. */
export interface Fit {
  /** Journeys per second; the median of what is likely. */
  rate: number
  /** With a chance of `fitCoverage` the rate lies between the two. */
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

/**
 * A logistic curve in the logarithm of the rate, through all probes: how likely a block is held.
 * Its blur and the share of blocks that are lost at any rate are not known, so all of `blurs` and
 * `lapses` count, each as far as it agrees with the probes (a Bayesian fit, flat in the logarithm
 * of the rate).
 * @returns null unless something was held and something lost: probes on one side have no border
 */
export function fitOf(probes: readonly Probe[]): Fit | null {
  const clear = probes.filter(({ outcome }) => outcome !== 'unclear')
  const held = clear.filter(({ outcome }) => outcome === 'held').length
  if (held === 0 || held === clear.length) return null
  const logs = clear.map(({ rate }) => Math.log(rate))
  const from = Math.min(...logs) - Math.log(beyondTried)
  const step = (Math.max(...logs) + Math.log(beyondTried) - from) / rateSteps
  const points = Array.from({ length: rateSteps + 1 }, (_, index) => {
    const border = from + index * step
    return { border, weight: likelihoodOf(border, clear) }
  })
  const total = points.reduce((sum, { weight }) => sum + weight, 0)
  const at = (share: number) => {
    let sum = 0
    const found = points.find(({ weight }) => {
      sum += weight
      return sum >= share * total
    })
    return Math.exp(found?.border ?? from)
  }
  return { rate: at(0.5), low: at((1 - fitCoverage) / 2), high: at((1 + fitCoverage) / 2) }
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
