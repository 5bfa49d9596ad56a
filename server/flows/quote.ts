import { sql } from 'drizzle-orm'
import type { SharedRead } from '../db/shared-reads.ts'
import { idList, instant, momentFromNow } from '../db/statements.ts'
import type { StockLine } from '../designs/stock/stock.ts'
import { Problem } from '../errors.ts'
import { endedTries, triesOf } from './collect.ts'
import { type KindName, kindOf } from './item-kinds/kinds.ts'
import type { OrderLine } from './order-lines.ts'

/** What an order asks for before anything is written. */
export interface QuoteRequest {
  userId: string
  wanted: readonly StockLine[]
  /** Of an order that is paid at once: the key whose ended tries are counted. */
  paidBy?: string | undefined
}

export interface Quote {
  lines: OrderLine[]
  balanceVersion: number
  /** By the clock of the database. */
  quotedAtMs: number
  /** Payments of the key that have ended without the money. */
  endedTries: number
}

/**
 * A row of an option has its price as its number; one of a user the version of the balance and the
 * time; one of a key its ended tries.
 */
interface QuoteRow {
  what: 'option' | 'user' | 'key'
  id: string
  number: string
  kind: KindName
  giftOptionId: string | null
  readAt: string | null
}

/**
 * Prices and kinds of what is wanted, the gifts that come along after it, the user's balance as it
 * stands now, and when now is; a Problem `not-found` naming the user or the options.
 */
export const quoteRead: SharedRead<QuoteRequest, Quote | Problem> = {
  async run(db, asked) {
    const options = new Set(asked.flatMap(({ wanted }) => wanted.map(({ optionId }) => optionId)))
    const users = new Set(asked.map(({ userId }) => userId))
    const keys = asked.flatMap(({ paidBy }) => paidBy ?? [])
    const tries = sql`union all select 'key', idempotency_key, tries, '', null, null
      from (${endedTries(keys)}) ended`
    const rows = await db.rows<QuoteRow>(sql`
      select 'option' as what, id, price_minor as number, kind, gift_option_id as giftOptionId,
             null as readAt
      from product_options where id in (${idList(options)})
      union all select 'user', id, version, '', null, ${momentFromNow()} from users
      where id in (${idList(users)}) ${keys.length > 0 ? tries : sql``}`)
    const rowOf = new Map(rows.map((row) => [`${row.what} ${row.id}`, row]))
    return asked.map((one) => quoted(one, rowOf))
  },
}

function quoted(
  { userId, wanted, paidBy }: QuoteRequest,
  rowOf: ReadonlyMap<string, QuoteRow>,
): Quote | Problem {
  const user = rowOf.get(`user ${userId}`)
  if (!user) return new Problem('not-found', { field: 'userId' })
  const bought = wanted.flatMap((line) => {
    const row = rowOf.get(`option ${line.optionId}`)
    return row ? { ...priced(line, row), giftOptionId: row.giftOptionId } : []
  })
  if (bought.length < wanted.length) return new Problem('not-found', { field: 'items.optionId' })
  const gifts = bought.flatMap(giftOf)
  return {
    lines: [...bought.map(({ giftOptionId, ...line }) => line), ...gifts],
    balanceVersion: Number(user.number),
    quotedAtMs: Date.parse(instant(user.readAt ?? '')),
    endedTries: triesOf(rowOf.get(`key ${paidBy}`)?.number),
  }
}

const priced = ({ optionId, quantity }: StockLine, { number, kind }: QuoteRow): OrderLine => ({
  optionId,
  quantity,
  unitPriceMinor: Number(number),
  kind,
  units: kindOf(kind).units(quantity),
})

/** A gift is a plain piece of its option, whatever kind that is of when it is bought. */
function giftOf({
  optionId: giver,
  quantity,
  kind,
  giftOptionId,
}: OrderLine & { giftOptionId: string | null }): OrderLine[] {
  if (!kindOf(kind).bringsGift || giftOptionId === null) return []
  const optionId = String(giftOptionId)
  return [{ optionId, quantity, unitPriceMinor: 0, kind: 'normal', units: quantity, giftOf: giver }]
}
