import type { Session } from '../../lab/processes/session.ts'
import { randomSecret } from '../../lab/random-secret.ts'
import { type Databases, openDatabases, openDatabasesOfArms } from '../../lab/servers/databases.ts'
import type { ServerOptions } from '../../lab/servers/engine.ts'
import type { SeedProfile } from '../../server/db/seed.ts'

/** What arms stand on. Arms that run one after the other share it. */
export interface TestBed {
  session: Session
  databases: Databases
  /** The bearer token of every shop's chaos routes. */
  chaosToken: string
  /** What every shop has to sell; the default profile if absent. */
  profile?: SeedProfile
  /** Variables of every shop's API server, besides its own. */
  apiSettings?: Record<string, string>
  /** The same of every shop's worker. */
  workerSettings?: Record<string, string>
  /** Flags may move its shops to any option: lock servers are started whatever their design. */
  isForAnyDesign?: true
  /** A proxy stands before the servers of every arm, for faults of the network. */
  isProxied?: boolean
  /** Mean time that every bank takes for a charge; the usual time if absent. */
  bankLatencyMs?: number
  /** Time that every partner takes for a delivery; the usual time if absent. */
  partnersLatencyMs?: number
}

/**
 * Starts the servers that arms share.
 * @throws UserError when a server is unavailable
 */
export async function openTestBed(session: Session, options: ServerOptions): Promise<TestBed> {
  const databases = await openDatabases(session, options)
  return { session, databases, chaosToken: randomSecret() }
}

/**
 * Starts servers for arms that run at the same time, those of an arm its own; servers that the
 * environment names are shared. One token opens the chaos routes of all.
 * @throws UserError when a server is unavailable
 */
export async function openTestBeds(
  session: Session,
  arms: readonly string[],
  options: ServerOptions,
): Promise<TestBed[]> {
  const chaosToken = randomSecret()
  const databases = await openDatabasesOfArms(session, arms, options)
  return databases.map((own) => ({ session, databases: own, chaosToken }))
}
