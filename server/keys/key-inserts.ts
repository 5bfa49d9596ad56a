import { sql } from 'drizzle-orm'
import type { Services } from '../ctx.ts'
import type { Database } from '../db/connections.ts'
import { GroupCommit } from '../db/group-commit.ts'
import { listOf, momentFromNow } from '../db/statements.ts'
import { Problem } from '../errors.ts'

/** A claim on its way into the table. */
export interface Insertion {
  key: string
  /** Of the request. */
  fingerprint: string
  /** Of this claim and no other. */
  owner: string
}

interface Waiting extends Insertion {
  resolve(isInserted: boolean): void
  reject(error: unknown): void
}

/** Statements under way at once: one that stands still does not stop the rest. */
const lanesMax = 4
const patienceMs = 100
/** The statement stays short. */
const rowsMax = 200

/** Inserts the claims that wait at the same time with one statement, which commits by itself. */
export class KeyInserts {
  readonly #connections: Services['connections']
  readonly #claimMs: number
  readonly #group: GroupCommit<Waiting, ReadonlySet<string>>

  /** @param claimMs for which a claim is held from its insert */
  constructor(connections: Services['connections'], claimMs: number) {
    this.#connections = connections
    this.#claimMs = claimMs
    this.#group = new GroupCommit((work) => connections.use(work), {
      lanesMax,
      patienceMs,
      membersMax: rowsMax,
      run: (_key, all, db) => this.#insert(all, db),
      committed(_key, all, owners) {
        for (const { owner, resolve } of all) resolve(owners.has(owner))
      },
      failed: (all, error, hasRun) => this.#failed(all, error, hasRun),
    })
  }

  /**
   * Inserts a claim, alone or with others that wait.
   * in: key, fingerprint, owner · out: false = the key is there already · closes: two requests with
   * one key, since the primary key lets one row in. A failure may have left the row.
   * @throws Problem `pool-exhausted`, `database-unavailable`, where nothing was sent
   */
  insert(insertion: Insertion): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    this.#group.enter('', { ...insertion, resolve, reject })
    return promise
  }

  /** Rows in the order of their keys: two processes that meet never wait in a circle. */
  async #insert(all: readonly Insertion[], db: Database): Promise<ReadonlySet<string>> {
    const rows = all
      .toSorted((one, other) => (one.key < other.key ? -1 : 1))
      .map(
        ({ key, fingerprint, owner }) =>
          sql`(${key}, ${fingerprint}, ${owner}, ${momentFromNow(this.#claimMs)},
               ${momentFromNow()})`,
      )
    this.#connections.shared['key-claims'](all.length)
    const inserted = await db.change(sql`insert ignore into idempotency_keys
          (idempotency_key, fingerprint, owner, locked_until, created_at)
        values ${sql.join(rows, sql`,`)}`)
    if (inserted === 0) return new Set()
    if (inserted === all.length) return new Set(all.map(({ owner }) => owner))
    const found = await db.rows<{ owner: string }>(sql`select owner from idempotency_keys
        where idempotency_key in (${listOf(all.map(({ key }) => key))})`)
    return new Set(found.map(({ owner }) => owner))
  }

  /** A row that another holds for long is waited for by its own claim alone. */
  #failed(all: readonly Waiting[], error: unknown, hasRun: boolean): void {
    const isContention = error instanceof Problem && error.code === 'lock-contention'
    for (const one of all) {
      if (!isContention || !hasRun || all.length === 1) one.reject(error)
      else this.#insertAlone(one).then(one.resolve, one.reject)
    }
  }

  async #insertAlone(one: Waiting): Promise<boolean> {
    return (await this.#connections.use((db) => this.#insert([one], db))).has(one.owner)
  }
}
