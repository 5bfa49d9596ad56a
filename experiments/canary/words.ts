import type { CanaryEnd } from './follow.ts'
import { baselineSeconds, type CanaryPlan, requestsMin } from './plan.ts'
import { smallestSeen } from './sequential-test.ts'
import { alphaInAll, alphaOfOne } from './watch.ts'

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`

/** What will be done and what can be seen of it, before anything is. */
export function planWords(plan: CanaryPlan, requestsPerSecond: number): string[] {
  const { subject, base, canary, steps, stepSeconds } = plan
  return [
    `canary of ${subject}: ${base} → ${canary}, ${steps.join(', ')} % of the customers, ` +
      `${stepSeconds} s each after ${baselineSeconds} s of ${base} alone`,
    'test: mixture sequential probability ratio test (mSPRT) of failed, refused and slow ' +
      `requests; of options that are alike at most ${percent(alphaInAll)} are stopped`,
    `minimum: ${requestsMin} requests of ${canary} in each step`,
    ...(plan.shadow
      ? [
          `shadow: ${plan.shadow.option} for ${plan.shadow.percent} % of the customers; ` +
            'mismatches stop it',
        ]
      : []),
    ...(requestsPerSecond > 0 ? seenWords(plan, requestsPerSecond) : []),
  ]
}

/** The smallest effect that each step can see at a rate. */
export function seenWords({ steps, stepSeconds }: CanaryPlan, requestsPerSecond: number): string[] {
  const wordsOf = (rate: number, step: number) => {
    const situation = { requestsPerSecond, share: step / 100, seconds: stepSeconds, rate }
    const often = smallestSeen({ ...situation, alpha: alphaOfOne })
    return often === undefined ? 'none' : `from ${percent(often)}`
  }
  return [
    `at ${requestsPerSecond.toFixed(0)} requests/s a step sees, as a rule, by its end:`,
    ...steps
      .filter((step) => step < 100)
      .map(
        (step) =>
          `  ${String(step).padStart(3)} %: failures ${wordsOf(0.001, step)} (0.1 % before), ` +
          `slow requests ${wordsOf(0.1, step)} (10 % before)`,
      ),
  ]
}

/** How it ended, for the terminal and for the message to Slack. */
export function endWords({ subject, base, canary }: CanaryPlan, end: CanaryEnd): string[] {
  const { all, failed, canary: had, canaryFailed } = end.requests
  const of = (some: number) => percent(all === 0 ? 0 : some / all)
  const counts =
    `${had} of ${all} requests had ${canary} (${of(had)}); ` +
    `${canaryFailed} of them failed (${of(canaryFailed)} of all), ` +
    `and ${failed - canaryFailed} of the others`
  if (end.outcome === 'reached') {
    return [`${subject}=${canary} has all customers after ${end.seconds.toFixed(1)} s`, counts]
  }
  return [
    `stopped at ${end.percent} % after ${end.seconds.toFixed(1)} s: ${end.why}`,
    `${subject}=${base} again for all customers ${Math.round(end.backMs ?? 0)} ms after the alarm`,
    counts,
  ]
}
