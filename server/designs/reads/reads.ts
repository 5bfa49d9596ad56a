import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import type { StepCtx } from '../step-ctx.ts'

export interface Product {
  id: string
  name: string
  options: { id: string; name: string; priceMinor: number; stock: number }[]
}

/** A page of all products in the order of their ids; `page` counts from 1. */
export interface Page {
  page: number
  size: number
}

/** Days YYYY-MM-DD (UTC), both included, and how many options at most. */
export interface PopularRange {
  from: string
  to: string
  limit: number
}

/** An option that sold, with its units over the whole range. */
export interface PopularItem {
  productId: string
  productName: string
  optionId: string
  optionName: string
  totalSold: number
}

/**
 * Axis `reads`: what a crowd only looks at. Answers are JSON text, made once and passed on as they
 * are; every option gives the same bytes for the same data.
 */
export interface Reads {
  /** `{items: [product], page, size, total}` */
  products(ctx: StepCtx, page: Page): Promise<string>
  /** The product; undefined where there is none. */
  product(ctx: StepCtx, id: string): Promise<string | undefined>
  /** `{from, to, items: [popular item]}`: most sold first, of equals the smaller option id. */
  popular(ctx: StepCtx, range: PopularRange): Promise<string>
  /** Prepares what a crowd asks for first; called on a schedule, so that no reader waits for it. */
  warm?(ctx: StepCtx): Promise<void>
}

export interface OptionRow {
  optionId: string
  optionName: string
  priceMinor: string
  stock: number | string
}

/** What is shown of an option; the alias of the table is `o`. */
export const optionColumns = ({ design }: StepCtx): SQL =>
  sql`o.id as optionId, o.name as optionName, o.price_minor as priceMinor,
      ${design.stock.available ?? sql`o.stock`} as stock`

export const productOf = (
  { id, name }: { id: string; name: string },
  options: OptionRow[],
): Product => ({
  id,
  name,
  options: options.map((option) => ({
    id: option.optionId,
    name: option.optionName,
    priceMinor: Number(option.priceMinor),
    stock: Number(option.stock),
  })),
})

/** One page as JSON text, with how many products there are in all. */
export const productsPage = (
  { connections }: StepCtx,
  { page, size }: Page,
  read: (db: Database, size: number, offset: number) => Promise<Product[]>,
): Promise<string> =>
  connections.use(async (db) => {
    const items = await read(db, size, (page - 1) * size)
    const [count] = await db.rows<{ total: string }>(sql`select count(*) as total from products`)
    return JSON.stringify({ items, page, size, total: Number(count?.total ?? 0) })
  })

export const popularBody = (
  { from, to }: PopularRange,
  items: (Omit<PopularItem, 'totalSold'> & { totalSold: string | number })[],
): string =>
  JSON.stringify({
    from,
    to,
    items: items.map((item) => ({ ...item, totalSold: Number(item.totalSold) })),
  })
