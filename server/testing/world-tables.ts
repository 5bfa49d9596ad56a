import { type SQL, sql } from 'drizzle-orm'
import type { OpenedOptions } from '../designs/opened-options.ts'
import { recoverSagas } from '../designs/transaction/split/recovery.ts'
import { flowOf } from '../flows/flow-of.ts'

const turnsMax = 20

type Query = <Row extends object>(statement: SQL) => Promise<Row[]>

/** What tests ask of a shop's tables, and what they change in them. */
export const worldTables = (query: Query, otherOptions: OpenedOptions) => {
  const expireLeases = async () => {
    await query(sql`
      update sagas set lease_until = '2001-01-01' where status in ('running', 'undoing')`)
  }
  return {
    expireLeases,

    /** As if all leases had run out: ends every saga that can be. @returns how many are left */
    async recoverAll(): Promise<number> {
      for (let turn = 0; turn < turnsMax; turn += 1) {
        await expireLeases()
        const { ended, left } = await recoverSagas(otherOptions, flowOf)
        if (ended === 0) return left
      }
      throw new Error(`recovery found work ${turnsMax} times`)
    },

    async orderStates(): Promise<string[]> {
      const rows = await query<{ state: string }>(sql`
        select concat_ws(' ', status, cancel_reason) as state from orders order by created_at, id`)
      return rows.map(({ state }) => state)
    },

    /** Rows of every table, and what the shop holds: the same text = nothing was written. */
    async contents(): Promise<string> {
      const tables = await query<{ name: string }>(sql`
        select table_name as name from information_schema.tables
        where table_schema = database() order by table_name`)
      const counts: string[] = []
      for (const { name } of tables) {
        const [row] = await query<{ rows: string }>(
          sql`select count(*) as \`rows\` from ${sql.identifier(name)}`,
        )
        counts.push(`${name} ${row?.rows}`)
      }
      const [sums] = await query(sql`
        select (select sum(balance_minor) from users) as money,
        (select sum(stock) from product_options) as stock`)
      return `${counts.join(', ')} ${JSON.stringify(sums)}`
    },

    /** Units that the best sellers of the run's days have, of one option or of all. */
    async soldOf(optionId?: string): Promise<number> {
      const which = optionId === undefined ? sql`` : sql`and option_id = ${optionId}`
      const [row] = await query<{ sold: string | null }>(sql`
        select sum(total_sold) as sold from daily_popular_products
        where sold_date >= (select date(min(created_at)) from orders) ${which}`)
      return Number(row?.sold ?? 0)
    },

    /** As if the option had been seeded with so many units, until the world is restocked. */
    async setStock(optionId: string, units: number): Promise<void> {
      await query(sql`
        update product_options set stock = ${units}, initial_stock = ${units}
        where id = ${optionId}`)
    },

    async stockOf(optionId: string): Promise<number | undefined> {
      const [row] = await query<{ stock: number }>(sql`
        select stock from product_options where id = ${optionId}`)
      return row?.stock
    },
  }
}
