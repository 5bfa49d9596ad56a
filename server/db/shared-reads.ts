import type { Database } from './database.ts'
import { GroupCommit, type Lend } from './group-commit.ts'

/** A read that one query can do for several who ask. */
export interface SharedRead<Asked, Found> {
  /** @returns an answer for each of `asked`, in their order */
  run(db: Database, asked: readonly Asked[]): Promise<Found[]>
}

interface Waiting {
  asked: unknown
  resolve(found: unknown): void
  reject(error: unknown): void
}

/** Queries of one read under way at once: one that stands still does not stop the rest. */
const lanesMax = 4
const patienceMs = 100
/** A query stays short. */
const membersMax = 100

/** Reads that wait for a connection at the same time share it, and their query. */
export class SharedReads {
  readonly #lend: Lend
  readonly #ran: (members: number) => void
  readonly #groups = new Map<SharedRead<never, unknown>, GroupCommit<Waiting, unknown[]>>()

  /** @param ran is called with how many share a query, when it is sent */
  constructor(lend: Lend, ran: (members: number) => void) {
    this.#lend = lend
    this.#ran = ran
  }

  /**
   * Reads what is asked, as it stands after the call, alone or with others that wait.
   * @throws what the query throws, to all who share it
   */
  async read<Asked, Found>(read: SharedRead<Asked, Found>, asked: Asked): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#groupOf(read as SharedRead<never, unknown>).enter('', { asked, resolve, reject })
    return (await promise) as Found
  }

  #groupOf(read: SharedRead<never, unknown>): GroupCommit<Waiting, unknown[]> {
    const known = this.#groups.get(read)
    if (known) return known
    const group = new GroupCommit<Waiting, unknown[]>(this.#lend, {
      lanesMax,
      patienceMs,
      membersMax,
      run: (_key, all, db) => {
        this.#ran(all.length)
        return read.run(db, all.map(({ asked }) => asked) as never[])
      },
      committed(_key, all, found) {
        for (const [index, { resolve }] of all.entries()) resolve(found[index])
      },
      failed(all, error) {
        for (const { reject } of all) reject(error)
      },
    })
    this.#groups.set(read, group)
    return group
  }
}
