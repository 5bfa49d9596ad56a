import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Connections } from '../db/connections.ts'

/** More free numbers of a product are not counted. */
const countedMax = 10_000
/** Products that are filled, and shown, at most. */
const productsMax = 100
/** Numbers of one statement. */
const batch = 500

/** Free numbers of one product, as they were last counted. */
export interface CouponPool {
  productId: string
  /** At most 10,000. */
  free: number
  lowWater: number
}

/** Counts the free numbers of each product that has a low-water mark. */
export async function readCouponPools(
  connections: Pick<Connections, 'rows'>,
): Promise<CouponPool[]> {
  const products = await connections.rows<{ id: string; lowWater: number }>(sql`
    select id, low_water as lowWater from coupon_products where low_water > 0
    order by id limit ${productsMax}`)
  const pools: CouponPool[] = []
  for (const { id, lowWater } of products) {
    const [row] = await connections.rows<{ free: string }>(sql`
      select count(*) as free from (
        select 1 from coupon_numbers where product_id = ${id} and status = 'free'
        limit ${countedMax}) counted`)
    pools.push({ productId: String(id), free: Number(row?.free), lowWater })
  }
  return pools
}

/**
 * The loop that fills the pool ahead: a turn makes numbers for each product that has fewer than
 * its low-water mark, at most so many a second.
 * in: what is free · out: new free numbers, random and unique by the index · leaves open: two
 * workers that count at once both fill, which makes some more than needed
 */
export class CouponPoolFiller {
  made = 0
  readonly #connections: Connections
  readonly #perSecond: number
  #lastMs = performance.now()

  constructor(connections: Connections, perSecond: number) {
    this.#connections = connections
    this.#perSecond = perSecond
  }

  /** @returns false: it is paced by the pause of its loop */
  async turn(nowMs = performance.now()): Promise<boolean> {
    const seconds = Math.min(1, (nowMs - this.#lastMs) / 1000)
    let left = Math.floor(this.#perSecond * seconds)
    if (left === 0) return false
    this.#lastMs = nowMs
    for (const { productId, free, lowWater } of await readCouponPools(this.#connections)) {
      if (free >= lowWater) continue
      // To twice the mark, so that it is not met again at once.
      const wanted = Math.min(left, 2 * lowWater - free)
      left -= wanted
      await this.#make(productId, wanted)
    }
    return false
  }

  async #make(productId: string, count: number): Promise<void> {
    for (let made = 0; made < count; made += batch) {
      const rows = Array.from(
        { length: Math.min(batch, count - made) },
        () => sql`(${productId}, ${randomBytes(8).toString('hex').toUpperCase()}, 'free')`,
      )
      this.made += await this.#connections.change(sql`
        insert into coupon_numbers (product_id, number, status) values ${sql.join(rows, sql`,`)}`)
    }
  }
}
