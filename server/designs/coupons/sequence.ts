import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'

/** Where a product's sequence begins, and where it stays once it is there. */
export const [firstSeq, lastSeq] = ['A01', 'Z99'] as const

const perLetter = 99
const letterA = 'A'.charCodeAt(0)

/** The next of A01, A02 … A99, B01 … Z99; Z99 stays. @param last undefined = none was issued */
export function seqAfter(last: string | undefined): string {
  if (last === undefined) return firstSeq
  if (last === lastSeq) return lastSeq
  const position = (last.charCodeAt(0) - letterA) * perLetter + Number(last.slice(1))
  const letter = String.fromCharCode(letterA + Math.floor(position / perLetter))
  return `${letter}${String((position % perLetter) + 1).padStart(2, '0')}`
}

/** So many that follow. */
export function seqsAfter(last: string | undefined, count: number): string[] {
  const seqs: string[] = []
  for (let seq = last; seqs.length < count; seqs.push(seq)) seq = seqAfter(seq)
  return seqs
}

/** The issue log with no index to use: every row of it is read. */
export const wholeLog = sql`coupon_issues use index ()`
/** The log by its composite index: one entry of it is read. */
export const logBySeq = sql`coupon_issues force index (coupon_issues_seq)`

/** How the highest sequence of a product is asked for; `max` and `top-n` give the same. */
export const highestStatements = {
  max: (log: SQL, productId: string) => sql`
    select max(seq) as seq from ${log} where product_id = ${productId}`,
  'top-n': (log: SQL, productId: string) => sql`
    select seq from ${log} where product_id = ${productId} order by seq desc limit 1`,
} as const

export interface HighestSeq {
  /** How the query is written. */
  query: keyof typeof highestStatements
  log: SQL
  /** Products that have reached Z99 are cached, and not asked about again. */
  isEndCached: boolean
}

/** The last sequence of a product, as one process reads it; two who ask at once read the same. */
export class LastSeqs {
  readonly #how: HighestSeq
  readonly #atEnd = new Set<string>()

  constructor(how: HighestSeq) {
    this.#how = how
  }

  async of(db: Database, productId: string): Promise<string | undefined> {
    const { query, log, isEndCached } = this.#how
    if (this.#atEnd.has(productId)) return lastSeq
    const statement = highestStatements[query](log, productId)
    const [row] = await db.rows<{ seq: string | null }>(statement)
    const seq = row?.seq ?? undefined
    // It never leaves its end again, so that what is cached cannot be wrong.
    if (isEndCached && seq === lastSeq) this.#atEnd.add(productId)
    return seq
  }
}

/** By the index, and not at all for products at the end: what every good option does. */
export const quickLastSeqs = () => new LastSeqs({ query: 'max', log: logBySeq, isEndCached: true })
