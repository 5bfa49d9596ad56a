import { sql } from 'drizzle-orm'
import type { Option } from '../option.ts'
import { byDay, totalsOf, withNames } from './popular.ts'
import {
  type OptionRow,
  optionColumns,
  type Product,
  productOf,
  productsPage,
  type Reads,
} from './reads.ts'

interface Row extends OptionRow {
  id: string
  name: string
}

export const indexed: Option<Reads> = {
  summary: 'joined, best sellers by their index',
  doc: 'As few statements as the answer has tables.',
  closes: 'a query per row, and the scan of a history that only grows',
  leavesOpen: 'every reader asks the database',
  open: () => indexedReads,
}

export const indexedReads: Reads = {
  products: (ctx, page) =>
    productsPage(ctx, page, async (db, size, offset) => {
      const rows = await db.rows<Row>(sql`select p.id, p.name, ${optionColumns(ctx)}
          from (select id, name from products order by id
                limit ${size} offset ${offset}) p
          left join product_options o on o.product_id = p.id order by p.id, o.id`)
      return grouped(rows)
    }),

  async product(ctx, id) {
    const rows = await ctx.connections.rows<Row>(sql`select p.id, p.name, ${optionColumns(ctx)}
          from products p left join product_options o on o.product_id = p.id
          where p.id = ${id} order by o.id`)
    const [product] = grouped(rows)
    return product && JSON.stringify(product)
  },

  async popular(ctx, range) {
    return await ctx.connections.use(async (db) => {
      return await withNames(db, range, await totalsOf(db, byDay, range))
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
