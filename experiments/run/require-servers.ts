import { exitCodes, UserError } from '../../lab/user-error.ts'
import type { Engine } from '../../server/db/engine.ts'
import { parseDesign, refusalIn, type Surroundings } from '../../server/designs/design.ts'

/**
 * What arms find on this machine. Private lock servers are started where an arm needs them; beside
 * servers that the environment names, it names these too, or there are none.
 * @param engine undefined where it is not known yet
 */
export const surroundingsOfArms = (
  engine: Engine | undefined,
  { DATABASE_URL, REDLOCK_URLS }: Record<string, string | undefined> = process.env,
): Surroundings => ({ engine, hasLockServers: !DATABASE_URL || Boolean(REDLOCK_URLS) })

/**
 * @param source what says which database server it is: a flag, or the server itself
 * @throws UserError (exit 4) where a design cannot run on the servers, naming what says so
 */
export function requireServers(
  designs: readonly string[],
  { engine, hasLockServers }: Surroundings,
  source: string,
): void {
  const parsed = designs.map((design) => parseDesign(design))
  const refusals = parsed.flatMap((design) => {
    const why = refusalIn({ engine }, design)
    return why === undefined ? (refusalIn({ hasLockServers }, design) ?? []) : `${source}: ${why}`
  })
  if (refusals[0] !== undefined) throw new UserError(refusals[0], exitCodes.badArguments)
}
