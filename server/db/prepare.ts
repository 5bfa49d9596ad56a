import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { prepareEnvironment } from '../config.ts'
import { readEnvironment } from '../environment.ts'
import { log } from '../log.ts'
import { failStart } from '../process.ts'
import { createIfAbsent, migrateSchema, serverUrl } from './migrate.ts'
import { type SeedProfile, seed } from './seed.ts'

/** A database that is being started for the first time takes about half a minute. */
const waitMsMax = 120_000
const retryMs = 500
const lockTimeoutSeconds = 60

/**
 * Makes the schema, its tables and its seed where they are absent, and leaves all else alone.
 * in: a URL with a schema · out: whether it was seeded · closes: two of them at once, by a named
 * lock held until the seed has committed (the seed is one transaction: there whole or not at all).
 * @throws Error for a schema that does not begin with `stampede_`, or the database's own
 */
export async function prepareSchema(
  url: string,
  profile?: SeedProfile,
): Promise<'seeded' | 'already there'> {
  const schema = new URL(url).pathname.slice(1)
  const lock = await createConnection({ uri: serverUrl(url), connectTimeout: 5000 })
  try {
    const [locked] = await lock.query<RowDataPacket[]>({
      sql: 'select get_lock(?, ?) as taken',
      values: [`stampede-prepare-${schema}`.slice(0, 64), lockTimeoutSeconds],
      timeout: (lockTimeoutSeconds + 5) * 1000,
    })
    if (locked[0]?.taken !== 1) throw new Error(`another process has been preparing ${schema}`)
    await createIfAbsent(serverUrl(url), schema)
    await migrateSchema(url)
    // The seed's last rows: where they are, all of it is.
    const [seeded] = await lock.query<RowDataPacket[]>({
      sql: `select name from ${schema}.sequences limit 1`,
      timeout: 5000,
    })
    if (seeded.length > 0) return 'already there'
    await seed(url, profile)
    return 'seeded'
  } finally {
    lock.destroy()
  }
}

/**
 * Waits until the database takes connections: in a container it is started at the same time.
 * @throws the last error of the connection after 120 s
 */
async function waitForDatabase(url: string): Promise<void> {
  const endsAtMs = performance.now() + waitMsMax
  for (;;) {
    try {
      const connection = await createConnection({ uri: serverUrl(url), connectTimeout: 2000 })
      connection.destroy()
      return
    } catch (error) {
      if (performance.now() > endsAtMs) throw error
      await Bun.sleep(retryMs)
    }
  }
}

if (import.meta.main) {
  const { DATABASE_URL: url } = readEnvironment(prepareEnvironment)
  try {
    await waitForDatabase(url)
    log(`prepare: ${new URL(url).pathname.slice(1)} ${await prepareSchema(url)}`)
  } catch (error) {
    failStart('prepare', error)
  }
}
