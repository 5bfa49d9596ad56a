/** InnoDB’s transactions at one moment. */
export interface LockSample {
  /** Epoch milliseconds. */
  atMs: number
  /** Transactions that wait for a row lock. */
  waiting: number
  /** Rows that all transactions together have locked. */
  rowsLocked: number
}

/** A transaction that others waited for while it waited for none itself. */
export interface Blocker {
  /** Of the database server. */
  session: string
  /** Transactions that waited for it at once, at most. */
  waiting: number
  /** The longest of their waits so far as it was seen, milliseconds. */
  waitedMs: number
  /** Its statement, or the last one that was seen, without values; null = none was seen. */
  statement: string | null
  /** It ran no statement then: it waited for its client. */
  isIdle: boolean
}

/** Row locks while a crowd was there. */
export interface Locks {
  samples: LockSample[]
  /** By the longest wait; null where the server does not show who blocks. */
  blockers: Blocker[] | null
}

/** One look at the server. */
export interface LockLook {
  atMs: number
  transactions: {
    id: string
    session: string
    /** Null = it runs none. */
    statement: string | null
    isWaiting: boolean
    rowsLocked: number
  }[]
  /** Transactions by their ids; null where the server does not show them. */
  waits: { waiter: string; blocker: string }[] | null
}

/** Of a run, those that a DBA would look at first. */
export const blockersMax = 5

/** Puts looks together: what was locked over time, and which sessions stood in the way. */
export class LockHistory {
  readonly #samples: LockSample[] = []
  readonly #waitingSinceMs = new Map<string, number>()
  readonly #statements = new Map<string, string>()
  readonly #blockers = new Map<string, Blocker>()
  #showsBlockers = false

  add({ atMs, transactions, waits }: LockLook): void {
    const waiting = transactions.filter(({ isWaiting }) => isWaiting)
    const rowsLocked = transactions.reduce((sum, one) => sum + one.rowsLocked, 0)
    this.#samples.push({ atMs, waiting: waiting.length, rowsLocked })
    const now = new Set(waiting.map(({ id }) => id))
    for (const id of this.#waitingSinceMs.keys()) if (!now.has(id)) this.#waitingSinceMs.delete(id)
    for (const id of now) if (!this.#waitingSinceMs.has(id)) this.#waitingSinceMs.set(id, atMs)
    for (const { id, statement } of transactions) {
      if (statement !== null) this.#statements.set(id, withoutValues(statement))
    }
    if (waits === null) return
    this.#showsBlockers = true
    const waiters = new Set(waits.map(({ waiter }) => waiter))
    for (const one of transactions) {
      const behind = new Set(
        waits.flatMap((wait) => (wait.blocker === one.id ? [wait.waiter] : [])),
      )
      if (behind.size > 0 && !waiters.has(one.id)) this.#sawBlocker(one, behind, atMs)
    }
  }

  #sawBlocker(
    { id, session, statement }: LockLook['transactions'][number],
    behind: ReadonlySet<string>,
    atMs: number,
  ): void {
    const since = [...behind].map((waiter) => this.#waitingSinceMs.get(waiter) ?? atMs)
    const waitedMs = atMs - Math.min(...since)
    const known = this.#blockers.get(id)
    const isLonger = known === undefined || waitedMs >= known.waitedMs
    this.#blockers.set(id, {
      session,
      waiting: Math.max(behind.size, known?.waiting ?? 0),
      waitedMs: Math.max(waitedMs, known?.waitedMs ?? 0),
      statement: this.#statements.get(id) ?? null,
      isIdle: isLonger ? statement === null : known.isIdle,
    })
  }

  locks(): Locks {
    const blockers = this.#showsBlockers ? worstOf([...this.#blockers.values()]) : null
    return { samples: this.#samples, blockers }
  }
}

/** Those that others waited for longest, then those that most waited for. */
export const worstOf = (blockers: readonly Blocker[]): Blocker[] =>
  blockers
    .toSorted((a, b) => b.waitedMs - a.waitedMs || b.waiting - a.waiting)
    .slice(0, blockersMax)

const statementLengthMax = 160

/** A statement with `?` for each text and number, one space for each gap, cut to 160 characters. */
export function withoutValues(statement: string): string {
  const text = statement
    .replaceAll(/'(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.|"")*(?:"|$)/gs, '?')
    .replaceAll(/\b(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/gi, '?')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\?(?:, ?\?)+/g, '?, …')
    .trim()
  return text.length > statementLengthMax ? `${text.slice(0, statementLengthMax - 1)}…` : text
}
