import type { SQL } from 'drizzle-orm'
import type { Connection, ResultSetHeader, RowDataPacket, TypeCast } from 'mysql2'
import { isAnswerLost, isNeverSent } from './failures.ts'
import type { SqlTally } from './sql-tally.ts'
import { statementName } from './statement-name.ts'
import { textOf } from './statement-text.ts'

/** Statements sent, and how often something was sent and its answer awaited. */
export interface StatementCounters {
  statements: number
  roundTrips: number
  transactions: number
}

/** What faults make of statements; without any, the no-op path. */
export interface StatementFaults {
  /** Called before a COMMIT of writes, or a write that commits by itself, is sent. */
  beforeCommit(db: Database): Promise<void> | undefined
  /** Whether the server is to refuse a write. @param isWrite whether what is sent has one */
  refusesWrite(isWrite: () => boolean): boolean
}

/** As a server answers that takes no writes. */
class WriteRefused extends Error {
  readonly errno = 1290
  readonly code = 'ER_OPTION_PREVENTS_STATEMENT'
  readonly sqlState = 'HY000'

  constructor() {
    super('The server is running with the --read-only option (by the fault read-only)')
  }
}

/**
 * Of statements as the shop writes them: none hides behind a comment or a WITH, and these are the
 * functions that write.
 */
const isWrite = (text: string) =>
  /^\s*(?:(?:insert|update|delete|replace|call)\b|select (?:nextval|issue_coupons)\()/i.test(text)

/** A write that travels with what comes after it in its transaction. */
interface LaterWrite {
  statement: SQL | (() => SQL)
  /** Of the request that wrote it, which may be over when it is sent. */
  tally?: SqlTally | undefined
  /** Gets how many rows it changed; what it throws undoes the transaction. */
  judge?(changed: number): void | Promise<void>
  /** Gets the id of its (first) row. */
  inserted?(id: number): void
  /** What its failure is to the caller, where that is known. */
  failure?(cause: unknown): Error | undefined
}

/** Between statements that are sent together. */
const separator = ';\n'

type Result = ResultSetHeader | RowDataPacket[]

/** What the server has answered to statements that were sent together. */
interface Answers {
  /** One a statement, up to the one that failed. */
  results: Result[]
  error?: unknown
}

/** Dates come as the server writes them: no process reads them in a time zone of its own. */
const typeCast: TypeCast = (field, next) =>
  field.type === 'DATETIME' || field.type === 'DATE' || field.type === 'TIMESTAMP'
    ? field.string()
    : next()

const madeOf = (statement: LaterWrite['statement']): SQL =>
  typeof statement === 'function' ? statement() : statement

/** What the driver says of a failure, and of which statement; no value is in it. */
class StatementFailed extends Error {
  readonly query: string

  constructor(statement: SQL, cause: unknown) {
    super('a statement failed', { cause })
    this.query = statementName(statement)
  }
}

/** The COMMIT was sent, and has failed or has no answer. */
export class CommitFailed extends Error {
  constructor(override readonly cause: unknown) {
    super('commit failed', { cause })
  }
}

/** SQL on one borrowed connection: inside or outside a transaction, as its provider decides. */
export class Database {
  readonly #connection: Connection
  readonly #counters: StatementCounters
  /** Statements that open the transaction, while the server does not know of it. */
  #opening: readonly string[] = []
  #later: LaterWrite[] = []
  #isInTransaction = false
  /** The transaction has something to commit. */
  #hasWrites = false
  readonly #faults: StatementFaults | undefined
  /** A write changed rows, or had no answer; of what commits by itself, it stands. */
  mayHaveWritten = false
  /** Of the request that has the connection, where it is counted. */
  tally: SqlTally | undefined

  constructor(connection: Connection, counters: StatementCounters, faults?: StatementFaults) {
    this.#connection = connection
    this.#counters = counters
    this.#faults = faults
  }

  /** Reads rows; numbers above 2^53 and all BIGINT come back as strings. */
  async rows<Row extends object>(query: SQL): Promise<Row[]> {
    return (await this.#execute(query)) as Row[]
  }

  /** Runs a statement. @returns how many rows it changed */
  async change(statement: SQL): Promise<number> {
    return (await this.#write(statement)).affectedRows
  }

  /** Inserts into a table with AUTO_INCREMENT. @returns the id of the (first) row */
  async insert(statement: SQL): Promise<number> {
    return (await this.#write(statement)).insertId
  }

  /**
   * Sends a write with the next statement of its transaction, or with the COMMIT: nothing waits for
   * its answer alone. The order is kept, and what comes after one that failed is not run.
   * @param statement or what makes it when it is sent
   * @throws Error outside a transaction, where there is no such end
   */
  later(
    statement: LaterWrite['statement'],
    then: Omit<LaterWrite, 'statement' | 'tally'> = {},
  ): void {
    if (!this.#isInTransaction) throw new Error('no transaction is open on this connection')
    this.#hasWrites = true
    this.#later.push({ statement, tally: this.tally, ...then })
  }

  /**
   * Sends what waits to be sent, and judges it: for before a transaction acts where no rollback
   * reaches.
   */
  async flush(): Promise<void> {
    if (this.#later.length > 0) await this.#run()
  }

  /** Opens a transaction: the server has it with the first statement. */
  begin(opening: readonly string[]): void {
    this.#opening = opening
    this.#later = []
    this.#isInTransaction = true
  }

  /**
   * Sends what waits, and the COMMIT with it unless something is to be judged before.
   * @throws CommitFailed where the COMMIT itself failed, or its answer is lost
   */
  async commit(): Promise<void> {
    if (this.#later.some(({ judge }) => judge)) await this.flush()
    const isEmpty = this.#opening.length > 0 && this.#later.length === 0
    const bite = this.#hasWrites ? this.#faults?.beforeCommit(this) : undefined
    if (bite) await bite
    if (!isEmpty) await this.#run('COMMIT')
    this.#end()
  }

  async rollback(): Promise<void> {
    const hasBegun = this.#opening.length === 0
    this.#end()
    if (hasBegun) await this.#run('ROLLBACK')
  }

  #end(): void {
    this.#opening = []
    this.#later = []
    this.#isInTransaction = false
    this.#hasWrites = false
  }

  async #execute(statement: SQL): Promise<Result | undefined> {
    const { tally } = this
    if (!tally) return await this.#run(textOf(statement), statement)
    const startedMs = performance.now()
    try {
      return await this.#run(textOf(statement), statement)
    } finally {
      tally.ran(statementName(statement), performance.now() - startedMs)
    }
  }

  async #write(statement: SQL): Promise<ResultSetHeader> {
    const bite = this.#isInTransaction ? undefined : this.#faults?.beforeCommit(this)
    if (bite) await bite
    this.#hasWrites = this.#isInTransaction
    try {
      const result = (await this.#execute(statement)) as ResultSetHeader
      this.mayHaveWritten ||= result.affectedRows > 0
      return result
    } catch (error) {
      this.mayHaveWritten ||= isAnswerLost(error)
      throw error
    }
  }

  /** Sends all that waits, and a statement behind it. @returns that one's result */
  async #run(last?: string, statement?: SQL): Promise<Result | undefined> {
    const opening = this.#opening
    const later = this.#later.map((write) => ({ ...write, statement: madeOf(write.statement) }))
    this.#opening = []
    this.#later = []
    // Their time is in that of the statement that they travel with.
    for (const { statement, tally } of later) tally?.ran(statementName(statement), 0)
    const writes = later.map((write) => textOf(write.statement))
    const texts = [...opening, ...writes, ...(last ? [last] : [])]
    const { results, error } = await this.#send(texts)
    if (last === 'COMMIT' && error) {
      // Before it nothing is committed: what failed there is as definite as any statement.
      const isLost = isAnswerLost(error) && !isNeverSent(error)
      const isReached = isLost || results.length === texts.length - 1
      if (isReached) throw new CommitFailed(error)
    }
    if (error && results.length < opening.length) throw error
    for (const [index, { judge, inserted, failure, statement }] of later.entries()) {
      const result = results[opening.length + index] as ResultSetHeader | undefined
      if (result === undefined) throw failure?.(error) ?? new StatementFailed(statement, error)
      inserted?.(result.insertId)
      await judge?.(result.affectedRows)
    }
    if (error) throw statement ? new StatementFailed(statement, error) : error
    return results.at(-1)
  }

  #send(texts: readonly string[]): Promise<Answers> {
    const isRefused = this.#faults?.refusesWrite(() => texts.some(isWrite))
    return isRefused ? this.#refuse(texts) : this.#sendAll(texts)
  }

  /** Sends what comes before the first write. */
  async #refuse(texts: readonly string[]): Promise<Answers> {
    const before = texts.slice(0, texts.findIndex(isWrite))
    const sent: Answers = before.length > 0 ? await this.#sendAll(before) : { results: [] }
    return sent.error ? sent : { results: sent.results, error: new WriteRefused() }
  }

  #sendAll(texts: readonly string[]): Promise<Answers> {
    this.#counters.statements += texts.length
    this.#counters.roundTrips += 1
    if (texts.at(-1) === 'COMMIT') this.#counters.transactions += 1
    const { promise, resolve } = Promise.withResolvers<Answers>()
    const before: Result[] = []
    const sql = texts.join(separator)
    const command = this.#connection.query({ sql, typeCast }, (error, found) => {
      if (error) resolve({ results: before, error })
      else resolve({ results: (texts.length === 1 ? [found] : found) as unknown as Result[] })
    })
    // Of statements before one that failed; rows come only from the last.
    command.on('result', (result: ResultSetHeader) => before.push(result))
    return promise
  }
}
