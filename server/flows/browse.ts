import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx.ts'
import { rowsOf } from '../db/statements.ts'
import { Problem } from '../errors.ts'

export interface Product {
  id: string
  name: string
  options: { id: string; name: string; priceMinor: number; stock: number }[]
}

interface ProductRow {
  id: string
  name: string
  optionId: string
  optionName: string
  priceMinor: string
  stock: number | string
}

const columnsFor = ({ design }: Ctx) => sql`p.id, p.name, o.id as optionId, o.name as optionName,
  o.price_minor as priceMinor, ${design.stock.available ?? sql`o.stock`} as stock`

/** One page of products in the order of their ids; `page` counts from 1. */
export async function listProducts(
  ctx: Ctx,
  page: number,
  size: number,
): Promise<{ items: Product[]; total: number }> {
  const offset = (page - 1) * size
  return await ctx.connections.use(async (db) => {
    const rows = await rowsOf<ProductRow>(
      db,
      sql`select ${columnsFor(ctx)} from (select id, name from products order by id
                                  limit ${size} offset ${offset}) p
          join product_options o on o.product_id = p.id order by p.id, o.id`,
    )
    const [count] = await rowsOf<{ total: string }>(db, sql`select count(*) as total from products`)
    return { items: grouped(rows), total: Number(count?.total ?? 0) }
  })
}

/** @throws Problem `not-found` */
export async function readProduct(ctx: Ctx, id: string): Promise<Product> {
  const rows = await ctx.connections.use((db) =>
    rowsOf<ProductRow>(
      db,
      sql`select ${columnsFor(ctx)} from products p join product_options o on o.product_id = p.id
          where p.id = ${id} order by o.id`,
    ),
  )
  const [product] = grouped(rows)
  if (!product) throw new Problem('not-found', { field: 'id' })
  return product
}

function grouped(rows: ProductRow[]): Product[] {
  const products = new Map<string, Product>()
  for (const row of rows) {
    const product = products.get(row.id) ?? { id: row.id, name: row.name, options: [] }
    products.set(row.id, product)
    product.options.push({
      id: row.optionId,
      name: row.optionName,
      priceMinor: Number(row.priceMinor),
      stock: Number(row.stock),
    })
  }
  return [...products.values()]
}
