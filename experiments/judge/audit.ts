import type { Variant } from '../../server/designs/ladder.ts'
import type { ArmReport } from '../run/result.ts'
import type { JudgedArm } from './judged-run.ts'
import type { Audit } from './result.ts'
import { worstOf } from './summarize.ts'

/** Names of the checks that an arm broke. */
export const brokenIn = ({ checkers }: ArmReport): string[] =>
  checkers.filter(({ verdict }) => verdict === 'false').map(({ name }) => name)

const colours = { true: 'green', false: 'red', unknown: 'unknown' } as const

/** The audit of an arm of which no failure is known. */
export const plainAuditOf = ({ checkers }: ArmReport): Exclude<Audit, 'known'> =>
  colours[worstOf(checkers.map(({ verdict }) => verdict))]

/**
 * Whether a step between before and after broke something, but nothing that before did not break in
 * the same run: it may be compared with before, and with nothing else.
 */
export function inherits({ role }: Variant, arm: JudgedArm, before: JudgedArm): boolean {
  const [broken, old] = [brokenIn(arm.report), new Set(brokenIn(before.report))]
  const between = role === 'alone' || role === 'without'
  return between && broken.length > 0 && broken.every((name) => old.has(name))
}

/**
 * The audit of an arm. Red is known of before, of a step from it that breaks no more, and of a
 * design with a flaw.
 */
export function auditOf(variant: Variant, arm: JudgedArm, reference: JudgedArm): Audit {
  const audit = plainAuditOf(arm.report)
  if (audit !== 'red') return audit
  const isKnown = variant.role === 'before' || variant.flaws.length > 0
  return isKnown || inherits(variant, arm, reference) ? 'known' : 'red'
}
