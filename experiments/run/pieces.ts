import { interrupted } from '../../lab/processes/signals.ts'
import { type Progress, runStep } from '../../lab/progress.ts'
import { UserError } from '../../lab/user-error.ts'

/** A piece that threw, and its first line of why. */
export interface LostPiece {
  name: string
  why: string
}

/**
 * Runs the pieces of a long run one after the other. One that throws is told on standard error and
 * left out, so that what the others found outlives it.
 * @param title of a piece's step: `measuring relay`
 * @param found is told of each result at once, in order
 * @returns the pieces that threw
 */
export async function runPieces<Piece, Result>(
  pieces: readonly Piece[],
  { name, title }: { name(piece: Piece): string; title(name: string): string },
  run: (piece: Piece, progress: Progress) => Promise<Result>,
  found: (result: Result, piece: Piece) => void,
): Promise<LostPiece[]> {
  const lost: LostPiece[] = []
  for (const piece of pieces) {
    try {
      found(await runStep(title(name(piece)), (progress) => run(piece, progress)), piece)
    } catch (error) {
      await interrupted()
      console.error(error instanceof UserError ? error.message : error)
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      lost.push({ name: name(piece), why })
    }
  }
  return lost
}

/** `S4: not measured: the ticket server did not start` */
export const lostLine = ({ name, why }: LostPiece): string => `${name}: not measured: ${why}`
