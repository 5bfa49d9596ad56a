import { sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import { type Database, onEnd } from '../../db/connections.ts'
import { SnapshotConflict } from '../../db/failures.ts'
import type { StockOption } from './stock.ts'

/** Lines of more units go the guarded way: one line of an order has no more. */
const unitsMax = 99

/** BIGINT and not DECIMAL, which neither server gives as a whole number. */
const taken = (optionId: unknown) =>
  sql`coalesce((select cast(sum(l.quantity) as signed) from stock_lines l
                where l.option_id = ${optionId}), 0)`

export const derived: StockOption = {
  summary: 'the total less the sum of the lines taken; nothing is counted down',
  doc:
    'Every order adds a row; none waits for the item while plenty is left. Every process must ' +
    'have this option: no other sees the lines.',
  closes: 'two takers of the last unit',
  notes: [
    'Why it never oversells. margin = what all connections of the server can hold at 99 units ' +
      'each. Far from the end a taker inserts its line, and then reads the committed sum C. ' +
      'Every taker with a line under way has a connection and one such line, so C + all under ' +
      'way ≤ C + margin ≤ total: as of that read, all that was inserted fits; who inserts later ' +
      'reads later and counts the rest. Near the end the item’s row lock lets in one taker at a ' +
      'time, whose locking sum waits for every line under way and, by its gap locks, keeps new ' +
      'ones out until it commits: it counts exactly. A transaction that comes twice for an item ' +
      'does so the guarded way, to keep to one line. Who has inserted and finds the end near is ' +
      'tried again from the start, the guarded way.',
    'Price: the sum reads every line of the item (a covering index), and so grows with what is ' +
      'sold; near the end, gap locks reach as far as the item’s neighbours in the index.',
  ],
  ledger: 'lines',
  contention: ['end-near'],
  open: (_services, { name }) => ({
    async take(ctx, db, line) {
      const { optionId, quantity } = line
      const isSingle = isFirst(db, optionId) && quantity <= unitsMax
      if (!isSingle || !(await isFar(ctx, optionId))) return await takeGuarded(db, line)
      await insertLine(db, optionId, quantity)
      if (await isFar(ctx, optionId)) return true
      ctx.observer.contended(name, 'end-near', 0)
      throw new SnapshotConflict(`the stock of option ${optionId} is near its end`)
    },

    async giveBack(_ctx, db, { optionId, quantity }) {
      await insertLine(db, optionId, -quantity)
    },

    available: sql`o.stock - ${taken(sql`o.id`)}`,
  }),
}

/** Options that the transaction open on a connection has come for. */
const askedFor = new WeakMap<Database, Set<string>>()

/** Whether the open transaction comes for the option for the first time. */
function isFirst(db: Database, optionId: string): boolean {
  let asked = askedFor.get(db)
  if (!asked) {
    asked = new Set()
    askedFor.set(db, asked)
    onEnd(db, () => askedFor.delete(db))
  }
  const countBefore = asked.size
  return asked.add(optionId).size > countBefore
}

/** One connection more than the limit is kept for the server's administrator. */
const margin = sql`(cast(@@max_connections as signed) + 1) * ${unitsMax}`

/** Whether more than the margin was left by the lines committed until now, off any snapshot. */
async function isFar(ctx: Ctx, optionId: string): Promise<boolean> {
  // A total below the margin needs no sum.
  const [row] = await ctx.side.rows<{ spare: string }>(sql`
      select if(o.stock < ${margin}, -1, o.stock - ${taken(optionId)} - ${margin}) as spare
      from product_options o where o.id = ${optionId}`)
  return Number(row?.spare ?? -1) >= 0
}

/** Inserts before it sums: with gap locks first, two neighbours would wait for each other. */
async function takeGuarded(
  db: Database,
  { optionId, quantity }: { optionId: string; quantity: number },
): Promise<boolean> {
  const [row] = await db.rows<{ stock: number }>(sql`
    select stock from product_options where id = ${optionId} for update`)
  if (!row) return false
  const lineId = await insertLine(db, optionId, quantity)
  const [sum] = await db.rows<{ units: string }>(sql`
    select cast(sum(quantity) as signed) as units from stock_lines
    where option_id = ${optionId} lock in share mode`)
  if (Number(sum?.units) <= row.stock) return true
  await db.change(sql`delete from stock_lines where id = ${lineId}`)
  return false
}

const insertLine = (db: Database, optionId: string, quantity: number): Promise<number> =>
  db.insert(sql`insert into stock_lines (option_id, quantity) values (${optionId}, ${quantity})`)
