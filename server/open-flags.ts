import { sql } from 'drizzle-orm'
import type { TicketClient } from './clients/ticket-client.ts'
import type { Services } from './ctx.ts'
import { connect } from './db/connections.ts'
import { type Engine, engineOf } from './db/engine.ts'
import { defaultLimits } from './db/pool.ts'
import type { Design } from './designs/design.ts'
import { DesignFlags } from './designs/flags/design-flags.ts'
import { databaseLog } from './designs/flags/design-log.ts'
import { type Loop, startLoop } from './worker/loop.ts'

/** A change is obeyed within a second: by all processes, while the database answers. */
const idleMs = 250
const turnMsMax = 2000
/** A connection of their own: flags must not wait behind the crowd, nor for long. */
const limits = {
  ...defaultLimits,
  connections: 2,
  lockWaitTimeoutSeconds: 1,
  statementTimeoutSeconds: 2,
  answerTimeoutMs: 3000,
}

/** Less than the time that a request has; no order holds the row of a sequence for longer. */
const moveLimits = {
  ...defaultLimits,
  connections: 1,
  lockWaitTimeoutSeconds: 5,
  statementTimeoutSeconds: 6,
  answerTimeoutMs: 7000,
}

type FlagServices = { tickets: Pick<TicketClient, 'skipTo'> } & Pick<Services, 'lockServers'>

export interface OpenFlags {
  flags: DesignFlags
  loop: Loop
  close(): Promise<void>
}

/**
 * Opens the flags of a process and reads them again and again. They are read once before this
 * resolves, unless the database is away: then requests are refused until they are.
 * @param services of the process: tickets that are below what another source has given are dropped
 */
export async function openFlags(
  databaseUrl: string,
  start: Design,
  { tickets, lockServers }: FlagServices,
): Promise<OpenFlags> {
  const connections = connect(databaseUrl, limits)
  const moving = connect(databaseUrl, moveLimits)
  let engine: Engine | undefined
  const log = databaseLog(connections, moving)
  const flags = new DesignFlags({
    ...{ log, start, engine: () => engine, skipTo: tickets.skipTo },
    hasLockServers: lockServers.length > 0,
  })
  const turn = async () => {
    await flags.poll()
    if (flags.health().problem !== undefined || engine) return false
    const [row] = await connections.rows<{ version: string }>(sql`select version() as version`)
    engine = row && engineOf(row.version)
    return false
  }
  await flags.poll()
  const loop = startLoop('flags', idleMs, turn, turnMsMax)
  return {
    flags,
    loop,
    async close() {
      await loop.stop()
      await Promise.all([connections.close(), moving.close()])
    },
  }
}
