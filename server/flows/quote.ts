import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { instant, listOf, momentFromNow } from '../db/statements.ts'
import type { StockLine } from '../designs/stock/stock.ts'
import { Problem } from '../errors.ts'
import { type KindName, kindOf } from './item-kinds/kinds.ts'
import type { OrderLine } from './order-lines.ts'

/** A row of the user has the version of the balance where those of options have the price. */
interface QuoteRow {
  id: string
  number: string
  kind: KindName
  giftOptionId: string | null
  /** By the clock of the database. */
  readAt: string | null
}

/**
 * Prices and kinds of what is wanted, the gifts that come along after it, the user's balance as it
 * stands now, and when now is.
 * @throws Problem `not-found` naming the user or the options
 */
export async function quoteOf(
  db: Database,
  userId: string,
  wanted: readonly StockLine[],
): Promise<{ lines: OrderLine[]; balanceVersion: number; quotedAtMs: number }> {
  const ids = listOf(wanted.map(({ optionId }) => optionId))
  const rows = await db.rows<QuoteRow>(sql`
    select id, price_minor as number, kind, gift_option_id as giftOptionId, null as readAt
    from product_options where id in (${ids})
    union all select 'user', version, '', null, ${momentFromNow()} from users where id = ${userId}`)
  const rowOf = new Map(rows.map((row) => [String(row.id), row]))
  const user = rowOf.get('user')
  if (!user) throw new Problem('not-found', { field: 'userId' })
  const bought = wanted.map((line) => {
    const row = rowOf.get(line.optionId)
    if (!row) throw new Problem('not-found', { field: 'items.optionId' })
    return { ...priced(line, row), giftOptionId: row.giftOptionId }
  })
  const gifts = bought.flatMap(giftOf)
  const lines = [...bought.map(({ giftOptionId, ...line }) => line), ...gifts]
  const quotedAtMs = Date.parse(instant(user.readAt ?? ''))
  return { lines, balanceVersion: Number(user.number), quotedAtMs }
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
