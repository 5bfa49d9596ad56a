import { sql } from 'drizzle-orm'
import type { Connections } from '../../db/connections.ts'
import { isDuplicateKey } from '../../db/failures.ts'
import { instant, listOf, momentFromNow } from '../../db/statements.ts'

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
  /** @returns false where the entry does not follow on the last one: another was faster */
  append(entry: Entry): Promise<boolean>
}

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
 */
export const databaseLog = (connections: Connections): DesignLog => ({
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
  async append(entry) {
    const { epoch, flags, reason, author } = entry
    const [last] = await connections.rows<Pick<Row, 'epoch' | 'digest'>>(
      sql`select epoch, digest from design_log order by epoch desc limit 1`,
    )
    if (Number(last?.epoch ?? 0) !== epoch - 1) return false
    const digest = digestOf(entry, last?.digest ?? '')
    try {
      await connections.change(sql`
        insert into design_log (epoch, flags, reason, author, digest, created_at)
        values (${epoch}, ${flags}, ${reason}, ${author}, ${digest}, ${momentFromNow()})`)
      return true
    } catch (error) {
      if (isDuplicateKey(error)) return false
      throw error
    }
  },
})

/** Of an app that is never changed: documents and measurements are made with it. */
export const noLog: DesignLog = {
  lastEpoch: async () => 0,
  read: async () => [],
  before: async () => [],
  append: async () => false,
}
