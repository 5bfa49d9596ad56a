import { type Connection, createConnection, type Pool, type RowDataPacket } from 'mysql2/promise'
import { dropSchema } from '../../server/db/migrate.ts'
import { createTestSchema } from '../../server/testing/test-schema.ts'
import type { Evidence } from '../checker.ts'
import { openReader } from '../reader.ts'
import { worldEvidence } from './fixture-history.ts'
import { worldRows } from './fixture-rows.ts'

/** A schema of its own on the tests' server, and the evidence that an audit reads. */
export interface World {
  db: Pool
  /** Empties the schema and writes the small shop again. Returns evidence without a defect. */
  reset(): Promise<Evidence>
  /** Runs statements on one connection, in order. */
  run(statements: readonly string[]): Promise<void>
  /** Drops the schema. */
  close(): Promise<void>
}

/**
 * Creates a schema `stampede_test_checkers_…` with the shop's own tables.
 * @param url mysql://user@host:port of a private server
 */
export async function openWorld(url: string): Promise<World> {
  const schema = `stampede_test_checkers_${process.pid}_${crypto.randomUUID().slice(0, 8)}`
  const schemaUrl = await createTestSchema(url, schema)
  const db = openReader(schemaUrl)
  const writer = await createConnection({
    uri: schemaUrl,
    multipleStatements: true,
    timezone: 'Z',
  })
  const [rows] = await writer.query<RowDataPacket[]>({ sql: 'show tables', rowsAsArray: true })
  const tables = (rows as unknown as string[][]).flat()
  return {
    db,
    reset: async () => {
      await rewrite(writer, tables)
      return worldEvidence(db)
    },
    run: async (statements) => {
      for (const statement of statements) await writer.query(statement)
    },
    close: async () => {
      await Promise.all([db.end(), writer.end()])
      await dropSchema(url, schema)
    },
  }
}

/** In one round trip: it comes before nearly every test of a checker. */
async function rewrite(writer: Connection, tables: readonly string[]): Promise<void> {
  const deletes = tables.map((table) => `delete from ${table}`)
  const inserts = Object.entries(worldRows()).flatMap(([table, rows]) =>
    rows.map((row) => writer.format(`insert into ${table} set ?`, [row])),
  )
  await writer.query(['start transaction', ...deletes, ...inserts, 'commit'].join(';'))
}
