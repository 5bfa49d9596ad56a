import type { Connections, Database } from './connections.ts'

/** What is counted of the statements of one request. */
export interface SqlTally {
  /** @param name of the statement, as `statementName` has it */
  ran(name: string, durationMs: number): void
}

/**
 * The same connections, with a tally of the statements that are run through these; what shares
 * one transaction for many, as a batch does, is run through others and is not in it.
 */
export function tallied(connections: Connections, tally: SqlTally): Connections {
  const counting =
    <T>(work: (db: Database) => Promise<T>) =>
    async (db: Database) => {
      const before = db.tally
      db.tally = tally
      try {
        return await work(db)
      } finally {
        db.tally = before
      }
    }
  return {
    ...connections,
    use: (work) => connections.use(counting(work)),
    transaction: (work, isolation) => connections.transaction(counting(work), isolation),
  }
}
