import { interrupted } from '../../lab/processes/signals.ts'
import { runStep } from '../../lab/progress.ts'
import { UserError } from '../../lab/user-error.ts'

/** A piece that threw, and its first line of why. */
export interface LostPiece {
  name: string
  why: string
}

/**
 * Runs the pieces of a long run one after the other. One that throws is reported on standard error
 * and left out, so that the results of the others outlive it.
 * @param verb of the pieces' steps: `measuring`
 * @param found receives each result at once, in order
 * @returns the pieces that threw
 */
export async function runPieces<Name extends string, Result>(
  verb: string,
  names: readonly Name[],
  run: (name: Name, advance: (fraction: number) => void) => Promise<Result>,
  found: (result: Result, name: Name) => void,
): Promise<LostPiece[]> {
  const lost: LostPiece[] = []
  for (const name of names) {
    try {
      const result = await runStep(`${verb} ${name}`, (step) =>
        run(name, (fraction) => step.update(fraction)),
      )
      found(result, name)
    } catch (error) {
      await interrupted()
      console.error(error instanceof UserError ? error.message : error)
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      lost.push({ name, why })
    }
  }
  return lost
}

/** `S4: not measured: the ticket server did not start` */
export const lostLine = ({ name, why }: LostPiece): string => `${name}: not measured: ${why}`
