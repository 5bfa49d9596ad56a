import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
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

const migrations = join(import.meta.dir, '../../server/db/migrations')

/**
 * Creates a schema `stampede_test_checkers_…` with the shop's own tables.
 * @param url mysql://user@host:port of a private server
 */
export async function openWorld(url: string): Promise<World> {
  const schema = `stampede_test_checkers_${process.pid}_${crypto.randomUUID().slice(0, 8)}`
  const server = createPool({ uri: url, connectionLimit: 1, connectTimeout: 2000 })
  await server.query(`create database ${schema}`)
  const db = openReader(`${url.replace(/\/$/, '')}/${schema}`)
  for (const statement of await migrationStatements()) await db.query(statement)
  return {
    db,
    reset: async () => {
      await rewrite(db)
      return worldEvidence(db)
    },
    run: async (statements) => {
      const connection = await db.getConnection()
      try {
        for (const statement of statements) await connection.query(statement)
      } finally {
        connection.release()
      }
    },
    close: async () => {
      await db.end()
      await server.query(`drop database ${schema}`)
      await server.end()
    },
  }
}

async function migrationStatements(): Promise<string[]> {
  const names = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).sort()
  const texts = await Promise.all(names.map((name) => Bun.file(join(migrations, name)).text()))
  return texts.flatMap((text) => text.split('--> statement-breakpoint'))
}

async function rewrite(db: Pool): Promise<void> {
  const connection = await db.getConnection()
  const [tables] = await connection.query<RowDataPacket[]>({
    sql: 'show tables',
    rowsAsArray: true,
  })
  try {
    await connection.beginTransaction()
    for (const [table] of tables as unknown as string[][]) {
      await connection.query(`delete from ${table}`)
    }
    for (const [table, rows] of Object.entries(worldRows())) {
      for (const row of rows) await connection.query(`insert into ${table} set ?`, [row])
    }
    await connection.commit()
  } finally {
    connection.release()
  }
}
