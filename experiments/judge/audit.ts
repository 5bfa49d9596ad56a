import { type DesignFailure, parseDesign } from '../../server/designs/design.ts'
import type { Variant } from '../../server/designs/ladder.ts'
import { Problem } from '../../server/errors.ts'
import type { ArmReport } from '../run/result.ts'
import type { Audit, VariantPlan } from './result.ts'
import { worstOf } from './summarize.ts'

/** Names of the checks that an arm broke. */
export const brokenIn = ({ checkers }: ArmReport): string[] =>
  checkers.filter(({ verdict }) => verdict === 'false').map(({ name }) => name)

const colours = { true: 'green', false: 'red', unknown: 'unknown' } as const

/**
 * The option whose entry in the registry names the check as broken.
 * @param isCrashed whether a process was killed in the run
 */
export const knownBy = (
  check: string,
  knownBad: readonly DesignFailure[],
  isCrashed = false,
): DesignFailure | undefined =>
  knownBad.find(
    ({ checks, when }) => checks.includes(check) && (when !== 'at-a-crash' || isCrashed),
  )

/** What the entries of a design's options say it breaks; nothing of a design that there is not. */
export function knownBadOf(design: string): readonly DesignFailure[] {
  try {
    return parseDesign(design).knownBad
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}

/** Of two arms of one design nothing is known: what one breaks and the other keeps is news. */
export const knownIn = ({ arms }: VariantPlan, { knownBad }: Variant): readonly DesignFailure[] =>
  arms.length > 1 && new Set(arms.map(({ design }) => design)).size === 1 ? [] : knownBad

/** The audit of an arm: `known` where its design's own entries name all that broke. */
export function auditOf(report: ArmReport, knownBad: readonly DesignFailure[]): Audit {
  const audit = colours[worstOf(report.checkers.map(({ verdict }) => verdict))]
  const isKnown = brokenIn(report).every((check) => knownBy(check, knownBad))
  return audit === 'red' && isKnown ? 'known' : audit
}
