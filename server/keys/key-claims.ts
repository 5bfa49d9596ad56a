import { type SQL, sql } from 'drizzle-orm'
import type { Services } from '../ctx.ts'
import { type Database, onEnd } from '../db/connections.ts'
import { GroupCommit } from '../db/group-commit.ts'
import { listOf, momentFromNow } from '../db/statements.ts'
import { Problem } from '../errors.ts'
import { KeyInserts } from './key-inserts.ts'

/** A plain answer, fit to be stored and replayed. */
export interface Reply {
  status: number
  body: object
}

/** A claim is held for so long after its last renewal, as its process may have died. */
const claimMs = 20_000
const renewMsDefault = 5000
/** Until it is tried again to write down that a claim has ended. */
const endAgainMs = 500
/** When a claim ended that was left: no renewal that comes late holds it again. */
const left = sql`'1970-01-01'`
/** A claim that ends late changes its row under a repeat, which then looks again. */
const looksMax = 4
/** Deletes under way at once: one that stands still does not stop the rest. */
const lanesMax = 2

interface KeyRow {
  fingerprint: string
  owner: string
  lockedUntil: string
  isLocked: number
  responseStatus: number | null
  responseBody: string | null
}

/** An answer, and the claim that it is of. */
interface Note {
  key: string
  owner: string
  reply: Reply
}

interface Deletion {
  key: string
  owner: string
  resolve(): void
  reject(error: unknown): void
}

/**
 * The claims of one process on the keys of its requests. What follows a claim goes over the side
 * connections, for the crowd may be waiting for all others.
 */
export class KeyClaims {
  readonly connections: Services['connections']
  readonly side: Services['side']
  readonly renewMs: number
  /** Owners of claims that have ended, where the database does not have it yet. */
  readonly #ended = new Set<string>()
  readonly #inserts: KeyInserts
  /** Answers that a transaction is to keep, until they are sent. */
  readonly #kept = new WeakMap<Database, Note[]>()
  /** Claims that end together are deleted together: one connection is enough for a crowd. */
  readonly #deletes: GroupCommit<Deletion, number>

  constructor(
    { connections, side }: Pick<Services, 'connections' | 'side'>,
    renewMs = renewMsDefault,
  ) {
    this.connections = connections
    this.side = side
    this.renewMs = renewMs
    this.#inserts = new KeyInserts(connections, claimMs)
    this.#deletes = new GroupCommit((work) => side.transaction(work), {
      lanesMax,
      run: (_group, all, db) =>
        db.change(sql`delete from idempotency_keys
            where idempotency_key in (${listOf(all.map(({ key }) => key))})
              and owner in (${listOf(all.map(({ owner }) => owner))})`),
      committed(_group, all) {
        for (const { resolve } of all) resolve()
      },
      failed(all, error) {
        for (const { reject } of all) reject(error)
      },
    })
  }

  /**
   * Claims a key for one request.
   * in: key, fingerprint of the request · out: the claim, or the stored answer · closes: two
   * requests with one key running at once, by the insert of the key's row, which only one can do.
   * @throws Problem `idempotency-key-reused`, `request-in-progress`
   */
  async claim(key: string, fingerprint: string): Promise<KeyClaim | Reply> {
    const claim = new KeyClaim(this, key, false)
    let mayBeThere = false
    try {
      for (let look = 1; look <= looksMax; look += 1) {
        mayBeThere = true
        const isInserted = await this.#inserts.insert({ key, fingerprint, owner: claim.owner })
        mayBeThere = false
        if (isInserted) return claim
        const repeat = await this.connections.use((db) => this.#repeat(db, key, fingerprint))
        if (repeat) return repeat
      }
      throw new Problem('request-in-progress')
    } catch (error) {
      if (mayBeThere && !wasRefused(error)) await claim.free()
      throw error
    }
  }

  /** @returns undefined where the row has gone or changed meanwhile: it is to be looked at again */
  async #repeat(
    db: Database,
    key: string,
    fingerprint: string,
  ): Promise<KeyClaim | Reply | undefined> {
    const [row] = await db.rows<KeyRow>(sql`
      select fingerprint, owner, locked_until as lockedUntil,
             locked_until > ${momentFromNow()} as isLocked,
             response_status as responseStatus, response_body as responseBody
      from idempotency_keys where idempotency_key = ${key}`)
    if (!row) return undefined
    if (row.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused')
    const { responseStatus: status, responseBody } = row
    if (status !== null) return { status, body: JSON.parse(responseBody ?? 'null') }
    const isHeld = Number(row.isLocked) === 1 && !this.#ended.has(row.owner)
    if (isHeld) throw new Problem('request-in-progress')
    const claim = new KeyClaim(this, key, true)
    const taken = await db.change(sql`
      update idempotency_keys set owner = ${claim.owner}, locked_until = ${momentFromNow(claimMs)}
      where idempotency_key = ${key} and owner = ${row.owner} and locked_until = ${row.lockedUntil}
        and response_status is null`)
    return taken === 1 ? claim : undefined
  }

  /** Ends a claim; where that cannot be written now, this process goes by it, and tries again. */
  async end(
    owner: string,
    write: () => Promise<unknown>,
    untilMs = performance.now() + claimMs,
  ): Promise<void> {
    this.#ended.add(owner)
    const isWritten = await write().then(
      () => true,
      () => false,
    )
    if (isWritten || performance.now() > untilMs) this.#ended.delete(owner)
    else setTimeout(() => void this.end(owner, write, untilMs), endAgainMs).unref()
  }

  /** Keeps an answer at the end of the open transaction, in one statement with others of it. */
  keep(db: Database, note: Note): void {
    const others = this.#kept.get(db)
    if (others) {
      others.push(note)
      return
    }
    const notes = [note]
    const forget = () => this.#kept.delete(db)
    this.#kept.set(db, notes)
    db.later(() => {
      forget()
      this.connections.shared['stored-answers'](notes.length)
      return noting(notes)
    })
    onEnd(db, forget)
  }

  delete(key: string, owner: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#deletes.enter('', { key, owner, resolve, reject }),
    )
  }
}

/** Nothing was sent: there was no connection. */
const wasRefused = (error: unknown) => error instanceof Problem && error.code === 'pool-exhausted'

/** A request's claim of its key. It writes only while the key is still its own. */
export class KeyClaim {
  readonly owner = crypto.randomUUID()
  readonly #claims: KeyClaims
  #isKept = false

  /** @param isTakenOver the first request was cut off: its outcome is to be looked for */
  constructor(
    claims: KeyClaims,
    readonly key: string,
    readonly isTakenOver: boolean,
  ) {
    this.#claims = claims
  }

  /** Renews the claim. @returns stops it */
  renewing(): () => void {
    const renew = () => this.#hold(momentFromNow(claimMs)).catch(() => 0)
    const timer = setInterval(renew, this.#claims.renewMs)
    return () => clearInterval(timer)
  }

  /** Keeps the answer for repeats in the transaction that makes it true, at its end. */
  keep(db: Database, reply: Reply): void {
    this.#claims.keep(db, this.#note(reply))
    onEnd(db, (ending) => {
      this.#isKept ||= ending === 'committed'
    })
  }

  /**
   * Keeps the answer for repeats, unless `keep` has. What is done is done: an answer that cannot be
   * written is looked
   * for by the next request.
   * @returns false where another request has the key by now
   */
  async store(reply: Reply): Promise<boolean> {
    if (this.#isKept) return true
    const { connections, side } = this.#claims
    const note = noting([this.#note(reply)])
    try {
      return (await connections.change(note).catch(() => side.change(note))) === 1
    } catch {
      await this.leave()
      return true
    }
  }

  /** The outcome is open: the next request with the key looks for it. */
  leave(): Promise<void> {
    return this.#claims.end(this.owner, () => this.#hold(left))
  }

  /** Nothing happened and nothing will: the key is as if it had never been used. */
  free(): Promise<void> {
    return this.#claims.end(this.owner, () => this.#claims.delete(this.key, this.owner))
  }

  #hold(until: SQL): Promise<number> {
    return this.#claims.side.change(sql`update idempotency_keys set locked_until = ${until}
        where ${isOf([this])} and locked_until > ${left}`)
  }

  #note(reply: Reply): Note {
    return { key: this.key, owner: this.owner, reply }
  }
}

/** Of rows that claims still have; an owner is of one key only. */
const isOf = (claims: readonly { key: string; owner: string }[]): SQL =>
  sql`idempotency_key in (${listOf(claims.map(({ key }) => key))})
        and owner in (${listOf(claims.map(({ owner }) => owner))}) and response_status is null`

/** Writes answers to their keys, as far as these are still their claims'. */
function noting(notes: readonly Note[]): SQL {
  const byKey = (contentOf: (reply: Reply) => string | number) => {
    const [first, ...others] = new Set(notes.map(({ reply }) => contentOf(reply)))
    if (others.length === 0) return sql`${first}`
    const cases = notes.map(({ key, reply }) => sql`when ${key} then ${contentOf(reply)}`)
    return sql`case idempotency_key ${sql.join(cases, sql` `)} end`
  }
  return sql`update idempotency_keys force index (primary)
      set response_body = ${byKey(({ body }) => JSON.stringify(body))},
          response_status = ${byKey(({ status }) => status)} where ${isOf(notes)}`
}
