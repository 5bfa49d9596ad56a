import { median } from 'simple-statistics'
import { type Decision, decide, estimate } from '../judge/inference.ts'
import type { LostPiece } from '../run/pieces.ts'
import type { Ratio, RunVerdict } from '../run/result.ts'
import type { Audited, Measured, Outcome, Row } from './measurement.ts'

/** Which of two wins: one of them, neither where they are equal, or the rounds do not tell. */
type Winner = 'reference' | 'other' | 'neither' | 'not decided'

/** One design against the row's first, there and here. */
export interface Comparison {
  row: Row
  reference: Measured
  other: Measured
  /** How many times better the other is than the reference; null if the source has none. */
  theirs: number | null
  ours: Ratio
  winner: { there: Winner | null; here: Winner }
  verdict: 'same shape' | 'other shape' | 'no difference here' | 'not decided' | 'no figure there'
}

/** Every design of every row against the first of its row. */
export function comparisonsOf(rows: readonly Row[]): Comparison[] {
  return rows.flatMap((row) => {
    const [reference, ...others] = row.designs
    if (!reference) return []
    return others.map((other) => comparisonOf(row, reference, other))
  })
}

function comparisonOf(row: Row, reference: Measured, other: Measured): Comparison {
  const gain = (from: number, to: number) => {
    const ratio = nonzero(from, to) / nonzero(to, from)
    return row.better === 'lower' ? ratio : 1 / ratio
  }
  const theirs =
    reference.theirs === null || other.theirs === null ? null : gain(reference.theirs, other.theirs)
  const ratios = other.ours.map((figure, round) =>
    gain(reference.ours[round] ?? Number.NaN, figure),
  )
  const ours = estimate(ratios)
  const here = winners[decide(ratios, 0)]
  const there = theirs === null ? null : theirs > 1 ? 'other' : 'reference'
  return {
    row,
    reference,
    other,
    theirs,
    ours,
    winner: { there, here },
    verdict: shapeOf(there, here),
  }
}

const winners: Record<Decision, Winner> = {
  ...{ higher: 'other', lower: 'reference' },
  ...{ equivalent: 'neither', undecided: 'not decided' },
}

function shapeOf(there: Winner | null, here: Winner): Comparison['verdict'] {
  if (there === null) return 'no figure there'
  if (here === 'neither') return 'no difference here'
  if (here === 'not decided') return here
  return there === here ? 'same shape' : 'other shape'
}

/**
 * A figure of a pair, where zero is taken to one, or to the other if that is less: so it is a
 * bound, and never the loser. What was not measured stays no number, which has no ratio: taken to
 * one it would be the best of all.
 */
const nonzero = (figure: number, other: number) => (figure === 0 ? Math.min(1, other || 1) : figure)

/** The median of the rounds. */
export const medianOf = ({ ours }: Measured): number => median(ours)

/** An audit that is red, and not known to be. */
export const isRed = ({ findings }: Audited): boolean => findings.length > 0

/**
 * Data broke that must not, a source was not run to its end, the sources' winner lost, or that was
 * not decided, which is no matter in a quick run: it has too few rounds for any claim.
 */
export function verdictOf(
  outcomes: readonly Outcome[],
  lost: readonly LostPiece[],
  quick: boolean,
): RunVerdict {
  if (outcomes.some(({ audits }) => audits.some(isRed))) return 'invariant-broken'
  if (lost.length > 0) return 'untrusted'
  const comparisons = outcomes.flatMap(({ rows }) => comparisonsOf(rows))
  const isFound = (shape: Comparison['verdict']) =>
    comparisons.some(({ verdict }) => verdict === shape)
  if (isFound('other shape')) return 'target-missed'
  return !quick && isFound('not decided') ? 'untrusted' : 'as-expected'
}
