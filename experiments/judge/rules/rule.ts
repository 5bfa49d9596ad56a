import type { CheckResult } from '../../../audit/checker.ts'
import { amount } from '../format.ts'
import type { JudgedArm, JudgedRun } from '../judged-run.ts'
import type { Finding } from '../result.ts'

export type Rule<Needs extends keyof JudgedRun = keyof JudgedRun> = (
  run: Pick<JudgedRun, Needs>,
) => Finding[]

export const untrusted = (reason: string): Finding => ({
  verdict: 'untrusted',
  forbidsClaim: true,
  reason,
})

export const remark = (reason: string, forbidsClaim = false): Finding => ({
  verdict: null,
  forbidsClaim,
  reason,
})

export const failure = (
  verdict: 'invariant-broken' | 'target-missed',
  reason: string,
): Finding => ({
  verdict,
  forbidsClaim: verdict === 'invariant-broken',
  reason,
})

/** Distrust of each arm for which there is a reason. */
export const untrustedArms = (
  arms: readonly JudgedArm[],
  reasonOf: (arm: JudgedArm) => string | null,
): Finding[] => arms.flatMap((arm) => reasonOf(arm) ?? []).map(untrusted)

/** Checks of an arm with this verdict. */
export function checksWith(verdict: CheckResult['verdict'], arm: JudgedArm): CheckResult[] {
  return arm.report.checkers.filter((check) => check.verdict === verdict)
}

/** How often a check broke, and its first example. */
export function examples({ count, first }: CheckResult): string {
  return `${amount(count)} ${count === 1 ? 'time' : 'times'}${first ? `, first: ${first}` : ''}`
}
