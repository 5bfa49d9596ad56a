import { exitCodes, UserError } from '../../lab/user-error.ts'
import type { Engine } from '../../server/db/engine.ts'
import { parseDesign, refusalOn } from '../../server/designs/design.ts'

/**
 * @param engine undefined where it is not known yet
 * @param source what says that it is that server: a flag, or the server itself
 * @throws UserError (exit 4) naming the source, where a design cannot run on the server
 */
export function requireEngine(
  designs: readonly string[],
  engine: Engine | undefined,
  source: string,
): void {
  if (engine === undefined) return
  const [why] = designs.flatMap((design) => refusalOn(engine, parseDesign(design)) ?? [])
  if (why !== undefined) throw new UserError(`${source}: ${why}`, exitCodes.badArguments)
}
