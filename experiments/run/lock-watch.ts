import type { RowDataPacket } from 'mysql2'
import type { Pool } from 'mysql2/promise'
import { LockHistory, type LockLook, type Locks } from './locks.ts'

const answerMsMax = 2000
/** Twice a second: it costs the database two short statements. */
const lookEveryMs = 500

/** Errors of a server that lacks a table of locks, or of a user who may not read it. */
const notShown = new Set([1044, 1109, 1142, 1146, 1227])

const transactionsOf = `
  select trx_id as id, trx_mysql_thread_id as session, trx_query as statement,
         trx_state = 'LOCK WAIT' as isWaiting, trx_rows_locked as rowsLocked
  from information_schema.innodb_trx where trx_mysql_thread_id <> connection_id()`

/** By the tables that have them: MariaDB’s, then MySQL’s. */
const waitsOf = [
  `select requesting_trx_id as waiter, blocking_trx_id as blocker
   from information_schema.innodb_lock_waits`,
  `select requesting_engine_transaction_id as waiter, blocking_engine_transaction_id as blocker
   from performance_schema.data_lock_waits`,
]

/** Looks at the row locks of a database server until it is stopped. */
export class LockWatch {
  readonly #db: Pool
  readonly #everyMs: number
  readonly #history = new LockHistory()
  readonly #looking: Promise<void>
  readonly #stopped = Promise.withResolvers<void>()
  #isStopped = false
  #waits: string | null | undefined

  /**
   * @param db of a user who may see all transactions; others have no samples
   * @param everyMs above 100: InnoDB refreshes its tables of transactions only where no reader has
   * come for 100 ms
   */
  constructor(db: Pool, everyMs = lookEveryMs) {
    this.#db = db
    this.#everyMs = everyMs
    this.#looking = this.#look()
  }

  /** @returns undefined where the user may not see transactions */
  async stop(): Promise<Locks | undefined> {
    this.#isStopped = true
    this.#stopped.resolve()
    await this.#looking
    return this.soFar()
  }

  /** What it has seen; undefined before its first sample. */
  soFar(): Locks | undefined {
    const locks = this.#history.locks()
    return locks.samples.length > 0 ? locks : undefined
  }

  async #look(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const rows = await this.#ask(transactionsOf)
        const transactions = rows.map(transactionIn)
        this.#history.add({ atMs: Date.now(), transactions, waits: await this.#readWaits() })
      } catch (error) {
        if (isNotShown(error)) return
        // A database that is away, as faults have it, has no sample of that moment.
      }
      await Promise.race([Bun.sleep(this.#everyMs), this.#stopped.promise])
    }
  }

  async #readWaits(): Promise<LockLook['waits']> {
    if (this.#waits === undefined) this.#waits = await this.#tableOfWaits()
    if (this.#waits === null) return null
    const rows = await this.#ask(this.#waits)
    return rows.map(({ waiter, blocker }) => ({
      waiter: String(waiter),
      blocker: String(blocker),
    }))
  }

  /** MySQL has its table without rows where its performance schema is off. */
  async #tableOfWaits(): Promise<string | null> {
    const [own] = await this.#ask('select @@performance_schema as isOn')
    for (const sql of waitsOf) {
      try {
        await this.#ask(sql)
        return sql.includes('performance_schema') && Number(own?.isOn) === 0 ? null : sql
      } catch (error) {
        if (!isNotShown(error)) throw error
      }
    }
    return null
  }

  async #ask(sql: string): Promise<RowDataPacket[]> {
    const [rows] = await this.#db.query<RowDataPacket[]>({ sql, timeout: answerMsMax })
    return rows
  }
}

const isNotShown = (error: unknown): boolean =>
  notShown.has((error as { errno?: number } | null)?.errno ?? 0)

const transactionIn = (row: RowDataPacket): LockLook['transactions'][number] => ({
  id: String(row.id),
  session: String(row.session),
  statement: row.statement === null ? null : String(row.statement),
  isWaiting: Number(row.isWaiting) === 1,
  rowsLocked: Number(row.rowsLocked),
})
