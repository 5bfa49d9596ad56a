import { sql } from 'drizzle-orm'
import { rowsOf } from '../../db/statements.ts'
import { byDay, named, namesOf, totalsOf } from './popular.ts'
import {
  type OptionRow,
  optionColumns,
  type Product,
  popularBody,
  productOf,
  productsBody,
  type Reads,
} from './reads.ts'

interface Row extends OptionRow {
  id: string
  name: string
}

/**
 * Joined and by an index, as few statements as the answer has tables.
 * in: page, id or days · out: JSON text · closes: a query per row, and the scan of a history that
 * only grows · leaves open: every reader asks the database.
 */
export const indexed: Reads = {
  async products(ctx, page) {
    const { size } = page
    const offset = (page.page - 1) * size
    return await ctx.connections.use(async (db) => {
      const rows = await rowsOf<Row>(
        db,
        sql`select p.id, p.name, ${optionColumns(ctx)}
            from (select id, name from products order by id
                  limit ${size} offset ${offset}) p
            left join product_options o on o.product_id = p.id order by p.id, o.id`,
      )
      const [count] = await rowsOf<{ total: string }>(
        db,
        sql`select count(*) as total from products`,
      )
      return productsBody(grouped(rows), page, Number(count?.total ?? 0))
    })
  },

  async product(ctx, id) {
    const rows = await ctx.connections.use((db) =>
      rowsOf<Row>(
        db,
        sql`select p.id, p.name, ${optionColumns(ctx)}
            from products p left join product_options o on o.product_id = p.id
            where p.id = ${id} order by o.id`,
      ),
    )
    const [product] = grouped(rows)
    return product && JSON.stringify(product)
  },

  async popular(ctx, range) {
    return await ctx.connections.use(async (db) => {
      const totals = await totalsOf(db, byDay, range)
      const ids = totals.map(({ optionId }) => optionId)
      return popularBody(range, named(totals, await namesOf(db, ids)))
    })
  },
}

function grouped(rows: Row[]): Product[] {
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((own) => {
    const [head] = own
    // A product without options is one row of nulls.
    return head ? [productOf(head, head.optionId === null ? [] : own)] : []
  })
}
