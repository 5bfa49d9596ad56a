import { sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import { rowsOf } from '../../db/statements.ts'
import { named, namesOf, totalsOf, unindexed } from './popular.ts'
import {
  type OptionRow,
  optionColumns,
  type Product,
  popularBody,
  productOf,
  productsBody,
  type Reads,
} from './reads.ts'

interface Head {
  id: string
  name: string
}

/**
 * Row by row, as an object mapper does that loads children when they are touched.
 * in: page, id or days · out: JSON text · leaves open: a query for each product and for each best
 * seller, and popular reads the whole history, since no index may help it.
 */
export const database: Reads = {
  async products(ctx, page) {
    const { size } = page
    const offset = (page.page - 1) * size
    return await ctx.connections.use(async (db) => {
      const heads = await rowsOf<Head>(
        db,
        sql`select id, name from products order by id limit ${size} offset ${offset}`,
      )
      const items: Product[] = []
      for (const head of heads) items.push(await withOptions(ctx, db, head))
      const [count] = await rowsOf<{ total: string }>(
        db,
        sql`select count(*) as total from products`,
      )
      return productsBody(items, page, Number(count?.total ?? 0))
    })
  },

  async product(ctx, id) {
    return await ctx.connections.use(async (db) => {
      const [head] = await rowsOf<Head>(db, sql`select id, name from products where id = ${id}`)
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

async function withOptions(ctx: Ctx, db: Database, head: Head): Promise<Product> {
  const options = await rowsOf<OptionRow>(
    db,
    sql`select ${optionColumns(ctx)} from product_options o
        where o.product_id = ${head.id} order by o.id`,
  )
  return productOf(head, options)
}
