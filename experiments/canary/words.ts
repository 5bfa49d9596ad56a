import type { CanaryEnd } from './follow.ts'
import { baselineSeconds, type CanaryPlan, requestsMin } from './plan.ts'
import { smallestSeen } from './sequential-test.ts'
import { requestsToSee } from './slow-test.ts'
import { alphaInAll, alphas } from './watch.ts'

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

/** Standard deviation of the logarithm of the times of a class, as a rule. */
const usualSpread = 0.7

/** The smallest effect that each step can see at a rate. */
export function seenWords({ steps, stepSeconds }: CanaryPlan, requestsPerSecond: number): string[] {
  const failures = (share: number) => {
    const situation = { requestsPerSecond, share, seconds: stepSeconds, rate: 0.001 }
    const often = smallestSeen({ ...situation, alpha: alphas.failed })
    return often === undefined ? 'none' : `from ${percent(often)}`
  }
  const longer = (times: number, share: number) => {
    const requests = requestsToSee(Math.log(times) / usualSpread, alphas.slow)
    const needed = requests / (requestsPerSecond * share)
    return needed <= stepSeconds ? `after ${needed.toFixed(1)} s` : 'not within the step'
  }
  return [
    `at ${requestsPerSecond.toFixed(0)} requests/s a step sees, as a rule:`,
    ...steps
      .filter((step) => step < 100)
      .map((step) => {
        const share = step / 100
        return (
          `  ${String(step).padStart(3)} %: by its end failures ${failures(share)} ` +
          `(0.1 % before); ` +
          `answers that take 3 times as long ${longer(3, share)}, twice ${longer(2, share)}`
        )
      }),
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
