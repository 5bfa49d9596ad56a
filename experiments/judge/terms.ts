import { parseDesign } from '../../server/designs/design.ts'
import type { Expectation, Objective, Plan } from '../run/result.ts'
import { claimPairsMin } from './inference.ts'

/** What a run is judged by, fixed before it. */
export interface Terms {
  /** Differences up to it do not matter: 0.05 = 5 %. */
  margin: number
  expect: Expectation
  objective: Objective
}

export const marginUsual = 0.05
export const objectiveUsual: Objective = {
  servedPercentMin: 99,
  p99MsMax: 500,
  sojournMsMax: 3000,
}

/** The terms of a plan, with the usual ones where it has none. */
export const termsOf = (plan: Plan): Terms => ({
  margin: plan.terms?.margin ?? marginUsual,
  expect: plan.terms?.expect ?? usualExpectation(plan),
  objective: plan.terms?.objective ?? objectiveUsual,
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
