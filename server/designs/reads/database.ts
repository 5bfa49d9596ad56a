import { sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import type { Option } from '../option.ts'
import type { StepCtx } from '../step-ctx.ts'
import { named, namesOf, totalsOf, unindexed } from './popular.ts'
import {
  type OptionRow,
  optionColumns,
  type Product,
  popularBody,
  productOf,
  productsPage,
  type Reads,
} from './reads.ts'

interface Head {
  id: string
  name: string
}

export const database: Option<Reads> = {
  summary: 'row by row, best sellers without their index',
  doc: 'As an object mapper does that loads children when they are touched.',
  leavesOpen:
    'a query for each product and for each best seller, and popular reads the whole history, ' +
    'since no index may help it',
  open: () => databaseReads,
}

export const databaseReads: Reads = {
  products: (ctx, page) =>
    productsPage(ctx, page, async (db, size, offset) => {
      const heads = await db.rows<Head>(sql`
        select id, name from products order by id limit ${size} offset ${offset}`)
      const items: Product[] = []
      for (const head of heads) items.push(await withOptions(ctx, db, head))
      return items
    }),

  async product(ctx, id) {
    return await ctx.connections.use(async (db) => {
      const [head] = await db.rows<Head>(sql`select id, name from products where id = ${id}`)
      return head && JSON.stringify(await withOptions(ctx, db, head))
    })
  },

  async popular(ctx, range) {
    return await ctx.connections.use(async (db) => {
      const totals = await totalsOf(db, unindexed, range)
      const items: ReturnType<typeof named> = []
      for (const total of totals) {
        items.push(...named([total], await namesOf(db, [total.optionId])))
      }
      return popularBody(range, items)
    })
  },
}

async function withOptions(ctx: StepCtx, db: Database, head: Head): Promise<Product> {
  const options = await db.rows<OptionRow>(sql`select ${optionColumns(ctx)} from product_options o
      where o.product_id = ${head.id} order by o.id`)
  return productOf(head, options)
}
