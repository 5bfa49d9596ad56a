import { exitCodes } from '../../lab/user-error.ts'
import type { RunVerdict } from '../run/result.ts'

/**
 * Worst first. A broken invariant is definite evidence even from a bad run, so it outranks
 * distrust; a missed target does not, since the test bed may be what missed it.
 */
const worstFirst = ['invariant-broken', 'untrusted', 'target-missed', 'as-expected'] as const

const exitCodeByVerdict: Record<RunVerdict, number> = {
  'as-expected': exitCodes.asExpected,
  'invariant-broken': exitCodes.broken,
  'target-missed': exitCodes.missed,
  untrusted: exitCodes.untrusted,
}

/** The verdict of a run from those of its findings; as expected without any. */
export const worstVerdict = (verdicts: readonly RunVerdict[]): RunVerdict =>
  worstFirst.find((verdict) => verdicts.includes(verdict)) ?? 'as-expected'

/** Sorts by verdict, worst first; what has none comes last, and equals keep their order. */
export const bySeverity = <Found extends { verdict: RunVerdict | null }>(
  found: readonly Found[],
): Found[] => {
  const rank = ({ verdict }: Found) =>
    verdict === null ? worstFirst.length : worstFirst.indexOf(verdict)
  return found.toSorted((a, b) => rank(a) - rank(b))
}

/** The exit code of an experiment: 0 to 3. Bad arguments, 4, end before there is a verdict. */
export const exitCodeOf = (verdict: RunVerdict): number => exitCodeByVerdict[verdict]
