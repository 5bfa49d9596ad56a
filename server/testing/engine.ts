import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { type Engine, engineOf } from '../db/engine.ts'

/** The database server that live tests run on; the usual one where there is none. */
export const testEngine: Engine = await askedEngine()

async function askedEngine(): Promise<Engine> {
  const uri = Bun.env.TEST_DATABASE_URL
  if (!uri) return 'mariadb'
  const connection = await createConnection({ uri, connectTimeout: 5_000 })
  try {
    const [rows] = await connection.query<RowDataPacket[]>('select version() as version')
    return engineOf(String(rows[0]?.version))
  } finally {
    connection.destroy()
  }
}
