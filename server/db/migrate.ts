import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/mysql2'
import { migrate } from 'drizzle-orm/mysql2/migrator'
import { createConnection, type RowDataPacket } from 'mysql2/promise'

const migrationsFolder = join(import.meta.dir, 'migrations')
/** Schemas that this project may create, empty and drop. */
const schemaPattern = /^stampede_[a-z0-9_]{1,50}$/
const lockTimeoutSeconds = 30

/**
 * Makes an empty schema with all tables; what was in it is gone.
 * @param serverUrl mysql://root@127.0.0.1:port
 * @returns the URL of the schema
 * @throws Error for a name that does not begin with `stampede_`
 */
export async function createSchema(serverUrl: string, schema: string): Promise<string> {
  await dropSchema(serverUrl, schema)
  await createIfAbsent(serverUrl, schema)
  const url = schemaUrl(serverUrl, schema)
  await migrateSchema(url)
  return url
}

/** @throws Error for a name that does not begin with `stampede_` */
export async function createIfAbsent(serverUrl: string, schema: string): Promise<void> {
  refuseForeign(schema)
  await withServer(serverUrl, async (connection) => {
    await connection.query(
      `create database if not exists ${schema} character set utf8mb4 collate utf8mb4_bin`,
    )
  })
}

/**
 * Brings the tables of an existing schema up to date.
 * @throws Error when another process has been doing so for 30 s, or the database's own
 */
export async function migrateSchema(url: string): Promise<void> {
  await withServer(url, async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>(
      `select get_lock('stampede-migrate', ${lockTimeoutSeconds}) as taken`,
    )
    if (rows[0]?.taken !== 1) throw new Error('another process has been migrating for too long')
    await migrate(drizzle({ client: connection }), { migrationsFolder })
  })
}

/** @throws Error for a name that does not begin with `stampede_` */
export async function dropSchema(serverUrl: string, schema: string): Promise<void> {
  refuseForeign(schema)
  await withServer(serverUrl, async (connection) => {
    await connection.query(`drop database if exists ${schema}`)
  })
}

function refuseForeign(schema: string): void {
  if (schemaPattern.test(schema)) return
  throw new Error(`refusing to touch schema "${schema}": its name must begin with stampede_`)
}

export function schemaUrl(serverUrl: string, schema: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${schema}`
  return url.href
}

/** The same server without a schema. */
export function serverUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.pathname = ''
  return url.href
}

async function withServer(
  url: string,
  work: (connection: Awaited<ReturnType<typeof createConnection>>) => Promise<void>,
): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 })
  try {
    await work(connection)
  } finally {
    await connection.end()
  }
}
