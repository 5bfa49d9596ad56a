import { type Engine, engineOf, engineTitles } from '../../server/db/engine.ts'
import { redlockUrlsSetting } from '../../server/environment.ts'
import { allStarted } from '../processes/child.ts'
import type { Session } from '../processes/session.ts'
import type { Tool } from '../tools/find.ts'
import { resolveTool } from '../tools/resolve.ts'
import { exitCodes, UserError } from '../user-error.ts'
import { resolveDatabase, type ServerOptions } from './engine.ts'
import { dataTemplate, readFacts, startMariaDb } from './mariadb.ts'
import { readRedisVersion, startRedis } from './redis.ts'

/** Database server and Redis of one session: private ones, or those the environment names. */
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
  /**
   * URLs of lock servers, of which private ones are started at the first call; absent where the
   * environment names other servers and not these.
   */
  lockUrls?: () => Promise<readonly string[]>
}

/**
 * Starts a private database server and Redis, or takes `DATABASE_URL` and `REDIS_URL` after the
 * guards below.
 * @throws UserError when a server is not available, or cannot be reached or used
 */
export async function openDatabases(session: Session, options: ServerOptions): Promise<Databases> {
  const given = await givenDatabases(session, options)
  if (given) return given
  return await startDatabases(session, await toolsOf(session, options))
}

/**
 * The same for arms that run at the same time: each gets private servers of its own, so that what
 * they count is that arm's. They start together, and take no more memory than one. Servers that
 * the environment names are shared by all arms.
 * @returns databases in the order of `arms`; the same object where they are shared
 * @throws UserError when a server is not available, or cannot be reached or used
 */
export async function openDatabasesOfArms(
  session: Session,
  arms: readonly string[],
  options: ServerOptions,
): Promise<Databases[]> {
  const given = await givenDatabases(session, options)
  if (given) return arms.map(() => given)
  const tools = await toolsOf(session, options)
  // Made once, and not by each of them at the same time.
  await dataTemplate(session, tools.database)
  const parts = arms.length
  return await allStarted(arms.map((arm) => startDatabases(session, tools, { arm, parts })))
}

async function toolsOf(session: Session, options: ServerOptions) {
  const database = await resolveDatabase(session, options)
  return { database, redis: await resolveTool(session, 'redis', options) }
}

async function startDatabases(
  session: Session,
  tools: { database: Tool; redis: Tool },
  share?: { arm: string; parts: number },
): Promise<Databases> {
  const named = (name: string) => (share ? `${name}-${share.arm}` : name)
  const own = { name: named('database'), parts: share?.parts ?? 1 }
  // One after the other: an interrupted start then leaves no server that nothing awaits.
  const started = await startMariaDb(session, tools.database, own)
  const redis = await startRedis(session, tools.redis, named('redis'))
  return {
    databaseUrl: started.url,
    schemaPrefix: 'stampede_',
    databaseVersion: started.version,
    settings: started.settings,
    databasePid: started.pid,
    redisUrl: redis.url,
    redisVersion: redis.version,
    lockUrls: lockServers(session, tools.redis, named('lock-server')),
  }
}

/** How many servers there are, of which one may be away. */
const lockServerCount = 3

/** Starts, at the first call, private Redis servers that know nothing of each other. */
function lockServers(session: Session, tool: Tool, name: string): () => Promise<string[]> {
  let urls: Promise<string[]> | undefined
  const start = async () => {
    const names = Array.from({ length: lockServerCount }, (_, index) => `${name}-${index + 1}`)
    const started = await allStarted(names.map((one) => startRedis(session, tool, one)))
    return started.map(({ url }) => url)
  }
  return () => {
    urls ??= start()
    return urls
  }
}

/** Those of the environment; null where it names none. */
async function givenDatabases(
  session: Session,
  { database }: ServerOptions,
): Promise<Databases | null> {
  const { DATABASE_URL, REDIS_URL, REDLOCK_URLS } = process.env
  if (Boolean(DATABASE_URL) !== Boolean(REDIS_URL)) {
    throw new UserError('set both DATABASE_URL and REDIS_URL, or neither', exitCodes.badArguments)
  }
  const locks = REDLOCK_URLS ? guardLockUrls(REDLOCK_URLS) : undefined
  if (!DATABASE_URL || !REDIS_URL) {
    if (locks)
      throw refuse('REDLOCK_URLS', 'goes with DATABASE_URL and REDIS_URL: set all, or none')
    return null
  }
  const urls = { database: guardDatabaseUrl(DATABASE_URL), redis: guardRedisUrl(REDIS_URL), locks }
  const given = await useGiven(session, urls)
  requireEngineOf(given.databaseVersion, database)
  return given
}

/** @throws UserError (exit 4) where the server of the environment is not the one asked for */
export function requireEngineOf(version: string, asked: Engine | undefined): void {
  const engine = engineOf(version)
  if (asked === undefined || asked === engine) return
  throw refuse('DATABASE_URL', `leads to ${engineTitles[engine]}, and --database is ${asked}`)
}

async function useGiven(
  session: Session,
  { database, redis, locks }: { database: URL; redis: URL; locks: string[] | undefined },
): Promise<Databases> {
  const facts = await readFacts(database.href).catch((error) => {
    throw new UserError(`DATABASE_URL cannot be reached: ${String(error)}`)
  })
  const redisVersion = await readRedisVersion(redis.href).catch((error) => {
    throw new UserError(`REDIS_URL cannot be reached: ${String(error)}`)
  })
  for (const url of locks ?? []) {
    await readRedisVersion(url).catch((error) => {
      throw new UserError(`a server of REDLOCK_URLS cannot be reached: ${String(error)}`)
    })
  }
  const schemaPrefix = `${schemaOf(database)}_`
  database.pathname = ''
  const databaseUrl = database.href.replace(/\/$/, '')
  await lockDatabase(session, databaseUrl, schemaPrefix)
  return {
    databaseUrl,
    schemaPrefix,
    databaseVersion: facts.version,
    settings: facts.settings,
    databasePid: null,
    redisUrl: redis.href,
    redisVersion,
    ...(locks ? { lockUrls: async () => locks } : {}),
  }
}

const schemaOf = ({ pathname }: URL) => decodeURIComponent(pathname.slice(1))

/**
 * A database given by the environment instead of a private one: only a schema named `stampede_*`
 * is touched, so that no rehearsal ever runs against a shop. The arms append their names to it.
 * @param lettersMax after `stampede_`: with an arm's name the database must allow it too
 * @returns the URL as mysql://, which every reader takes
 * @throws UserError (exit 4) naming the variable
 */
export function guardDatabaseUrl(text: string, lettersMax = 24): URL {
  const variable = 'DATABASE_URL'
  const url = parseUrl(text, variable, ['mysql:', 'mariadb:'])
  const schema = schemaOf(url)
  if (!/^stampede_[a-z0-9_]+$/.test(schema) || schema.length > 'stampede_'.length + lettersMax) {
    const name = `stampede_ and up to ${lettersMax} of a-z 0-9 _`
    throw refuse(variable, `must name a database ${name}, not '${schema}'`)
  }
  url.protocol = 'mysql:'
  return url
}

/**
 * Holds a database that is not ours for this session: two runs on it would drop each other's
 * schemas, and call the loss an invariant that broke. The server frees it if this process dies.
 * @param prefix of the schemas that the session makes
 * @throws UserError (exit 4) when another session holds it
 */
export async function lockDatabase(session: Session, url: string, prefix: string): Promise<void> {
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection({ uri: url, connectTimeout: 5_000 })
  const lost = (error: Error) => {
    if (session.signal.aborted) return
    console.error(`stampede: the lock on ${prefix}* was lost: ${error.message}`)
  }
  connection.on('error', lost)
  const [rows] = await connection.query({
    sql: 'select get_lock(?, 0) as taken',
    values: [`run:${prefix}`],
    timeout: 5_000,
  })
  if ((rows as { taken: number }[])[0]?.taken !== 1) {
    await connection.end()
    throw refuse('DATABASE_URL', `is in use by another run (schemas ${prefix}*): wait for its end`)
  }
  // Some servers end a connection that is idle for a minute.
  const pinging = setInterval(() => void connection.ping().catch(lost), 20_000)
  session.add({
    name: 'lock on the database',
    stop: async () => {
      clearInterval(pinging)
      connection.destroy()
    },
  })
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

/**
 * Lock servers given by the environment instead of private ones.
 * @throws UserError (exit 4) naming the variable, with every flaw of the list
 */
export function guardLockUrls(text: string): string[] {
  const parsed = redlockUrlsSetting.safeParse(text)
  if (!parsed.success) {
    throw refuse('REDLOCK_URLS', parsed.error.issues.map(({ message }) => message).join('; '))
  }
  return parsed.data.map((url) => guardRedisUrl(url, 'REDLOCK_URLS').href)
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
