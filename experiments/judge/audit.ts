import type { Variant } from '../../server/designs/ladder.ts'
import type { JudgedArm } from './judged-run.ts'
import type { Audit } from './result.ts'

/** Names of the checks that an arm broke. */
export const brokenIn = ({ report }: JudgedArm): string[] =>
  report.checkers.filter(({ verdict }) => verdict === 'false').map(({ name }) => name)

/**
 * Whether a step between before and after broke something, but nothing that before did not break in
 * the same run: it may be compared with before, and with nothing else.
 */
export function inherits({ role }: Variant, arm: JudgedArm, before: JudgedArm): boolean {
  const [broken, old] = [brokenIn(arm), new Set(brokenIn(before))]
  const between = role === 'alone' || role === 'without'
  return between && broken.length > 0 && broken.every((name) => old.has(name))
}

/**
 * The audit of an arm. Red is known of before, of a step from it that breaks no more, and of a
 * design with a flaw.
 */
export function auditOf(variant: Variant, arm: JudgedArm, reference: JudgedArm): Audit {
  const { checkers } = arm.report
  if (checkers.some(({ verdict }) => verdict === 'false')) {
    const known = variant.role === 'before' || variant.flaws.length > 0
    return known || inherits(variant, arm, reference) ? 'known' : 'red'
  }
  const established = checkers.length > 0 && checkers.every(({ verdict }) => verdict === 'true')
  return established ? 'green' : 'unknown'
}
