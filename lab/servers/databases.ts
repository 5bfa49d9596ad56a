import type { Session } from '../processes/session.ts'
import { resolveTool } from '../tools/resolve.ts'
import { exitCodes, UserError } from '../user-error.ts'
import { readFacts, startMariaDb } from './mariadb.ts'
import { readRedisVersion, startRedis } from './redis.ts'

/**
 * The database server and the Redis of one session: private ones, or those the environment points
 * at.
 */
export interface Databases {
  /** `mysql://…@host:port`, no schema: each arm, or test file, makes its own. */
  databaseUrl: string
  /** Every schema's name must begin with this. */
  schemaPrefix: string
  databaseVersion: string
  settings: Record<string, string>
  /** Null when the server is not ours to stop. */
  databasePid: number | null
  redisUrl: string
  redisVersion: string
}

/**
 * Starts a private MariaDB and Redis, or takes `DATABASE_URL` and `REDIS_URL` after the guards
 * below.
 * @throws UserError when a server is not available, or cannot be reached or used
 */
export async function openDatabases(
  session: Session,
  options: { install: boolean },
): Promise<Databases> {
  const { DATABASE_URL, REDIS_URL } = process.env
  if (Boolean(DATABASE_URL) !== Boolean(REDIS_URL)) {
    throw new UserError('set both DATABASE_URL and REDIS_URL, or neither', exitCodes.badArguments)
  }
  if (DATABASE_URL && REDIS_URL) {
    return useGiven(guardDatabaseUrl(DATABASE_URL), guardRedisUrl(REDIS_URL))
  }
  const database = await resolveTool(session, 'database', options)
  const redis = await resolveTool(session, 'redis', options)
  // One after the other: an interrupted start then leaves no server that nothing awaits.
  const started = await startMariaDb(session, database)
  const { url: redisUrl, version: redisVersion } = await startRedis(session, redis)
  return {
    databaseUrl: started.url,
    schemaPrefix: 'stampede_',
    databaseVersion: started.version,
    settings: started.settings,
    databasePid: started.pid,
    redisUrl,
    redisVersion,
  }
}

async function useGiven(database: URL, redis: URL): Promise<Databases> {
  const facts = await readFacts(database.href).catch((error) => {
    throw new UserError(`DATABASE_URL cannot be reached: ${String(error)}`)
  })
  const redisVersion = await readRedisVersion(redis.href).catch((error) => {
    throw new UserError(`REDIS_URL cannot be reached: ${String(error)}`)
  })
  const schemaPrefix = `${decodeURIComponent(database.pathname.slice(1))}_`
  database.pathname = ''
  return {
    databaseUrl: database.href.replace(/\/$/, ''),
    schemaPrefix,
    databaseVersion: facts.version,
    settings: facts.settings,
    databasePid: null,
    redisUrl: redis.href,
    redisVersion,
  }
}

/**
 * A database given by the environment instead of a private one: only a schema named `stampede_*`
 * is touched, so that no rehearsal ever runs against a shop.
 * @throws UserError (exit 4) naming the variable
 */
export function guardDatabaseUrl(text: string, variable = 'DATABASE_URL'): URL {
  const url = parseUrl(text, variable, ['mysql:', 'mariadb:'])
  const schema = decodeURIComponent(url.pathname.slice(1))
  if (!/^stampede_[a-z0-9_]{1,50}$/.test(schema)) {
    throw refuse(variable, `must name a database stampede_…, not '${schema}'`)
  }
  return url
}

/**
 * A Redis given by the environment instead of a private one, with or without a database number.
 * @throws UserError (exit 4) naming the variable
 */
export function guardRedisUrl(text: string, variable = 'REDIS_URL'): URL {
  const url = parseUrl(text, variable, ['redis:', 'rediss:'])
  if (url.pathname !== '' && !/^\/\d{0,3}$/.test(url.pathname)) {
    throw refuse(variable, `must end with a database number, not '${url.pathname}'`)
  }
  return url
}

function parseUrl(text: string, variable: string, protocols: string[]): URL {
  const url = URL.parse(text)
  // Never the text itself: it may hold a password.
  if (!url || !protocols.includes(url.protocol) || !url.hostname) {
    throw refuse(variable, `is not a URL such as ${protocols[0]}//user@host:port/…`)
  }
  return url
}

function refuse(variable: string, why: string): UserError {
  return new UserError(`${variable} ${why}`, exitCodes.badArguments)
}
