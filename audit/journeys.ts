import type { JourneyRecord } from '../loadtests/crowd/history.ts'
import type { CheckResult, CrowdAccount, Evidence } from './checker.ts'

/** The measured crowd and, where there was one, the crowd that warmed the shop up. */
export const crowdsOf = (evidence: Evidence): CrowdAccount[] =>
  evidence.warmUp ? [evidence, evidence.warmUp] : [evidence]

/** Every journey that was reported: promises to customers hold for the first of them too. */
export const journeysOf = (evidence: Evidence): JourneyRecord[] =>
  crowdsOf(evidence).flatMap(({ history }) => history)

/** The history with a mark on each journey that a check found to be refused without a reason. */
export function withRefusals(
  history: readonly JourneyRecord[],
  checks: readonly CheckResult[],
): JourneyRecord[] {
  const wrong = new Set(checks.flatMap(({ journeys = [] }) => journeys))
  return history.map((journey) =>
    wrong.has(journey.index) ? { ...journey, refusedWrongly: true } : journey,
  )
}
