import { Redis } from 'ioredis'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import { parseInfo } from '../../server/redis-info.ts'
import type { GlobalStatus } from './mysql.ts'
import type { RedisInfo } from './redis.ts'

/** Below Prometheus's own deadline of 1 s, so that a server that hangs is `up 0` and not a gap. */
const answerMsMax = 800

export interface Source<Reading> {
  /** The server's state now, null where it does not answer; concurrent callers share a query. */
  read(): Promise<Reading>
  close(): Promise<void>
}

/** @param url mysql://user@host:port, with or without a schema */
export function mysqlSource(url: string): Source<GlobalStatus> {
  const pool = createPool({ uri: url, connectionLimit: 1, connectTimeout: answerMsMax })
  const ask = async (sql: string) => {
    const [rows] = await pool.query<RowDataPacket[]>({
      sql,
      timeout: answerMsMax,
      rowsAsArray: true,
    })
    return rows as unknown as [string, string][]
  }
  return {
    read: shared(async () => {
      const rows = await ask('show global status')
      const status = new Map(rows.map(([name, value]) => [name.toLowerCase(), value]))
      if (!status.has('innodb_deadlocks')) {
        for (const [name, value] of await ask(countersOfMySql)) status.set(name, String(value))
      }
      return status
    }),
    close: () => pool.end(),
  }
}

/** MySQL has these as metrics of InnoDB, MariaDB as status variables. */
const countersOfMySql = `
  select if(name = 'lock_deadlocks', 'innodb_deadlocks', 'innodb_history_list_length'), count
  from information_schema.innodb_metrics where name in ('lock_deadlocks', 'trx_rseg_history_len')`

/** @param url redis://host:port */
export function redisSource(url: string): Source<RedisInfo> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: answerMsMax,
    commandTimeout: answerMsMax,
    maxRetriesPerRequest: 0,
  })
  redis.on('error', (error) => console.error('sampler, redis:', error.message))
  return {
    read: shared(async () => parseInfo(await redis.info('all'))),
    close: async () => redis.disconnect(),
  }
}

function shared<Reading>(ask: () => Promise<Reading>): () => Promise<Reading | null> {
  let asking: Promise<Reading | null> | undefined
  return () => {
    asking ??= ask()
      .catch((error: unknown) => {
        console.error('sampler:', error instanceof Error ? error.message : error)
        return null
      })
      .finally(() => {
        asking = undefined
      })
    return asking
  }
}
