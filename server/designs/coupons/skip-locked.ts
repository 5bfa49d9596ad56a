import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import type { Option } from '../option.ts'
import {
  type CouponRequest,
  type Coupons,
  claimNumbers,
  countAgainstQuota,
  type FreeNumber,
  poolEmpty,
  storeRequests,
  validate,
  writeIssues,
} from './coupons.ts'
import { quickLastSeqs, seqsAfter } from './sequence.ts'

export const skipLocked: Option<Coupons> = {
  summary: 'the first free numbers that no other request holds',
  closes:
    'two who picked one number, by its row lock, and requests that wait for each other, since a ' +
    'locked row is passed over and READ COMMITTED locks no gap',
  leavesOpen:
    'a transaction for each request, and the entries of used numbers, which each search passes ' +
    'until they are purged; a process begins its search at the last number that it got',
  open() {
    const seqs = quickLastSeqs()
    /** Below it there were no free numbers a moment ago, by product. */
    const floors = new Map<string, string>()
    const lock = async (db: Database, { productId, quantity }: CouponRequest) => {
      const floor = floors.get(productId) ?? '0'
      const found = await lockFree(db, productId, sql`id > ${floor}`, quantity)
      const missing = quantity - found.length
      // Only as many as are missing: who holds more than it uses empties the pool for others.
      if (missing > 0) found.push(...(await lockFree(db, productId, sql`id <= ${floor}`, missing)))
      if (found.length < quantity) throw poolEmpty()
      floors.set(productId, found.at(-1)?.id ?? '0')
      return found
    }
    const issue = async (ctx: Ctx, db: Database, request: CouponRequest) => {
      await storeRequests(db, [request])
      await validate(db, request)
      const numbers = await lock(db, request)
      await ctx.at('coupon.picked', db)
      const ids = numbers.map(({ id }) => id)
      await claimNumbers(db, ids)
      const last = seqsAfter(await seqs.of(db, request.productId), numbers.length)
      const issued = numbers.map(({ number }, index) => ({ number, seq: last[index] ?? '' }))
      await writeIssues(
        db,
        issued.map((coupon) => ({ ...coupon, request })),
      )
      await countAgainstQuota(db, request.partnerId, request.quantity)
      await ctx.at('coupon.issued', db)
      return issued
    }
    return {
      issue: (ctx, request) =>
        ctx.connections.transaction((db) => issue(ctx, db, request), 'read committed'),
    }
  },
}

/** The index is in the order of the ids: rows that are sorted first would all be locked. */
const lockFree = (db: Database, productId: string, range: SQL, limit: number) =>
  db.rows<FreeNumber>(sql`
    select id, number from coupon_numbers force index (coupon_numbers_free)
    where product_id = ${productId} and status = 'free' and ${range}
    order by id limit ${limit} for update skip locked`)
