import { sql } from 'drizzle-orm'
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
      const above = await lockFree(db, productId, floors.get(productId) ?? '0', quantity)
      const found = above.length < quantity ? await lockFree(db, productId, '0', quantity) : above
      if (found.length < quantity) throw poolEmpty()
      floors.set(productId, found[0]?.id ?? '0')
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

const lockFree = (db: Database, productId: string, aboveId: string, limit: number) =>
  db.rows<FreeNumber>(sql`
    select id, number from coupon_numbers
    where product_id = ${productId} and status = 'free' and id > ${aboveId}
    order by id limit ${limit} for update skip locked`)
