import { sql } from 'drizzle-orm'
import { type Connections, connect } from '../../db/connections.ts'
import { createIfAbsent, migrateSchema, schemaUrl, serverUrl } from '../../db/migrate.ts'
import { defaultLimits } from '../../db/pool.ts'
import { schemaOf } from '../../redis.ts'
import { Dropped } from '../shadows.ts'

/** Of connections that no customer waits for. */
const limits = {
  ...defaultLimits,
  queueLimit: 8,
  lockWaitTimeoutSeconds: 1,
  statementTimeoutSeconds: 2,
  answerTimeoutMs: 3000,
}
const lockWaitSeconds = 1
/** A schema that cannot be made is tried again after so long. */
const againMs = 10_000

/** Tables of the shop beside the shop's own, in which only shadows write. */
export interface ShadowSchema {
  url: string
  connections: Connections
  side: Connections
  /** Makes the schema where it is absent. @throws Error why it cannot be made */
  ready(): Promise<void>
  /**
   * Runs `work` while no other does, in any process: it has all tables to itself.
   * @throws Dropped where another has them for too long
   */
  alone<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** @param databaseUrl of the shop's schema; that of the shadows has its name and `_shadow` */
export function openShadowSchema(databaseUrl: string): ShadowSchema {
  const schema = `${schemaOf(databaseUrl)}_shadow`
  const url = schemaUrl(databaseUrl, schema)
  const lock = connect(databaseUrl, { ...limits, connections: 1 })
  const connections = connect(url, { ...limits, connections: 4 })
  const side = connect(url, { ...limits, connections: 2 })
  let making: Promise<void> | undefined
  return {
    url,
    connections,
    side,
    ready() {
      making ??= make(url, schema, side).catch((error: unknown) => {
        setTimeout(() => {
          making = undefined
        }, againMs).unref()
        throw error
      })
      return making
    },
    alone: (work) => lock.use((db) => locked(db, schema, work)),
    async close() {
      await Promise.all([lock.close(), connections.close(), side.close()])
    },
  }
}

async function make(url: string, schema: string, db: SingleStatements): Promise<void> {
  await createIfAbsent(serverUrl(url), schema)
  await claimSchema(db, schema)
  await migrateSchema(url)
}

/**
 * Claims the schema before it gets any other table.
 * @throws Error for one that has tables already and was not made here: all rows would be deleted
 */
async function claimSchema(db: SingleStatements, schema: string): Promise<void> {
  const tables = await db.rows<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = ${schema}`,
  )
  if (tables.length > 0 && !tables.some(({ name }) => name === 'shadow_schema')) {
    throw new Error(`schema ${schema} has tables of another owner: rename it, or drop it`)
  }
  await db.change(sql`create table if not exists shadow_schema (made_at datetime not null)`)
}

type SingleStatements = Pick<Connections, 'rows' | 'change'>
type Lending = Parameters<Parameters<Connections['use']>[0]>[0]

/** The server lets go of the lock with its connection, so no process that died keeps it. */
async function locked<T>(db: Lending, schema: string, work: () => Promise<T>): Promise<T> {
  const [row] = await db.rows<{ taken: number }>(
    sql`select get_lock(${schema}, ${lockWaitSeconds}) as taken`,
  )
  if (Number(row?.taken) !== 1) throw new Dropped()
  try {
    return await work()
  } finally {
    await db.rows(sql`select release_lock(${schema}) as released`)
  }
}
