import { parseDesign } from '../../server/designs/design.ts'
import type { Expectation, Plan } from '../run/result.ts'
import { claimPairsMin } from './inference.ts'

/** What a run is judged by, fixed before it. */
export interface Terms {
  /** Differences up to it do not matter: 0.05 = 5 %. */
  margin: number
  expect: Expectation
}

export const marginUsual = 0.05

/** The terms of a plan, with the usual ones where it has none. */
export const termsOf = (plan: Plan): Terms => ({
  margin: plan.terms?.margin ?? marginUsual,
  expect: plan.terms?.expect ?? usualExpectation(plan),
})

/**
 * Better where the designs differ and the first is the preset before, no worse otherwise; anything
 * where so few blocks or so small a crowd allow no claim.
 */
function usualExpectation({ scenario, arms, blocks }: Plan): Expectation {
  const [first, last] = [arms[0]?.design, arms.at(-1)?.design]
  if (arms.length < 2 || scenario === 'smoke' || blocks < claimPairsMin) return 'any'
  return first === parseDesign('before').label && first !== last ? 'better' : 'no-worse'
}
