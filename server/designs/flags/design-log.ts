import { sql } from 'drizzle-orm'
import type { Connections, Database } from '../../db/connections.ts'
import { isDuplicateKey } from '../../db/failures.ts'
import { instant, listOf, momentFromNow } from '../../db/statements.ts'
import type { SequenceName } from '../ids/ids.ts'
import { firstIds, moveSequence, type SequenceMove } from '../ids/move-sequence.ts'

/** A change as its operator made it. */
export interface Entry {
  epoch: number
  /** All flags after it, as `flagsText` writes them. */
  flags: string
  reason: string
  author: string
}

/** One that is in the log. */
export interface LoggedEntry extends Entry {
  digest: string
  /** ISO 8601, by the database's clock. */
  at: string
}

/** The log of changes, of which only the end ever grows. */
export interface DesignLog {
  /** Of the last change; 0 = there is none. */
  lastEpoch(): Promise<number>
  read(epochs: readonly number[]): Promise<LoggedEntry[]>
  /** The newest first. */
  before(epoch: number, count: number): Promise<LoggedEntry[]>
  /**
   * Writes the entry, and with it the moves of sequences that it makes, in one transaction.
   * @returns false where the entry does not follow on the last one: another was faster
   * @throws Problem `design-refused` where a sequence cannot be moved
   */
  append(entry: Entry, moves?: readonly SequenceMove[]): Promise<boolean>
  /** The least id that may be given of each sequence that has moved. */
  firstIds(): Promise<FirstId[]>
}

/** The least id of a sequence that the ticket server may give. */
export interface FirstId {
  sequence: SequenceName
  first: number
}

/** Another change was made at the same time: the transaction is rolled back. */
class NotNext extends Error {}

/** Chains each entry to the one before: the audit sees whether one was changed later. */
export const digestOf = ({ epoch, flags, reason, author }: Entry, before: string): string =>
  new Bun.CryptoHasher('sha256')
    .update([before, epoch, flags, reason, author].join('\n'))
    .digest('hex')

interface Row extends Omit<LoggedEntry, 'at'> {
  createdAt: string
}

const columns = sql`epoch, flags, reason, author, digest, created_at as createdAt`
const logged = ({ createdAt, ...row }: Row): LoggedEntry => ({ ...row, at: instant(createdAt) })

/**
 * In: the entry that follows on the last. Out: whether it was the first to do so.
 * Race closed: two changes of one epoch, by the primary key. Rows are never deleted, so an entry
 * that followed on the last when that was read leaves no gap.
 * @param moving waits longer for locks: a sequence moves once the transactions that hold it end
 */
export const databaseLog = (connections: Connections, moving = connections): DesignLog => ({
  async lastEpoch() {
    const [last] = await connections.rows<{ epoch: number }>(
      sql`select epoch from design_log order by epoch desc limit 1`,
    )
    return Number(last?.epoch ?? 0)
  },
  async read(epochs) {
    if (epochs.length === 0) return []
    const rows = await connections.rows<Row>(
      sql`select ${columns} from design_log where epoch in (${listOf(epochs)})`,
    )
    return rows.map(logged)
  },
  async before(epoch, count) {
    const rows = await connections.rows<Row>(sql`select ${columns} from design_log
      where epoch < ${epoch} order by epoch desc limit ${count}`)
    return rows.map(logged)
  },
  async append(entry, moves = []) {
    const write = async (db: Pick<Database, 'rows' | 'change'>) => {
      if (!(await isAppended(db, entry))) throw new NotNext('another change was faster')
    }
    try {
      if (moves.length === 0) await write(connections)
      else {
        await moving.transaction(async (db) => {
          for (const move of moves) await moveSequence(db, move, entry.epoch)
          await write(db)
        })
      }
      return true
    } catch (error) {
      if (error instanceof NotNext) return false
      throw error
    }
  },
  async firstIds() {
    const rows = await connections.rows<{ name: SequenceName; first: string }>(firstIds)
    return rows.map(({ name, first }) => ({ sequence: name, first: Number(first) }))
  },
})

/** @returns false where the entry is not the next one */
async function isAppended(db: Pick<Database, 'rows' | 'change'>, entry: Entry): Promise<boolean> {
  const { epoch, flags, reason, author } = entry
  const [last] = await db.rows<Pick<Row, 'epoch' | 'digest'>>(
    sql`select epoch, digest from design_log order by epoch desc limit 1`,
  )
  if (Number(last?.epoch ?? 0) !== epoch - 1) return false
  const digest = digestOf(entry, last?.digest ?? '')
  try {
    await db.change(sql`
      insert into design_log (epoch, flags, reason, author, digest, created_at)
      values (${epoch}, ${flags}, ${reason}, ${author}, ${digest}, ${momentFromNow()})`)
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Of an app that is never changed: documents and measurements are made with it. */
export const noLog: DesignLog = {
  lastEpoch: async () => 0,
  read: async () => [],
  before: async () => [],
  append: async () => false,
  firstIds: async () => [],
}
