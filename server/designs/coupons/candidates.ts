import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import type { Option } from '../option.ts'
import {
  type CouponRequest,
  type Coupons,
  claimNumbers,
  countAgainstQuota,
  type FreeNumber,
  freeNumbers,
  type IssuedCoupon,
  poolEmpty,
  storeRequests,
  validate,
  writeIssues,
} from './coupons.ts'
import { type LastSeqs, quickLastSeqs, seqsAfter } from './sequence.ts'

/** Numbers that a request reads at a time, beside those that it needs. */
const spare = 40

export const candidates: Option<Coupons> = {
  summary: 'several free numbers are read, one is claimed at random; at a collision the next',
  doc: 'S2’s answer to two requests that read the same number.',
  closes:
    'two who picked one number, since one conditional update changes its row and the other goes ' +
    'on with its next candidate',
  leavesOpen: 'a request waits for another that holds its candidate until that commits',
  open() {
    const seqs = quickLastSeqs()
    return {
      issue: (ctx, request) =>
        // By READ COMMITTED a second look sees what others have taken since the first.
        ctx.connections.transaction((db) => issueFrom(ctx, db, request, seqs), 'read committed'),
    }
  },
}

/** Issues one request by itself, from candidates of its own. */
export async function issueFrom(
  ctx: Ctx,
  db: Database,
  request: CouponRequest,
  seqs: LastSeqs,
): Promise<IssuedCoupon[]> {
  await storeRequests(db, [request])
  await validate(db, request)
  const last = await seqs.of(db, request.productId)
  const numbers = await claimAny(ctx, db, request)
  const seqsOf = seqsAfter(last, numbers.length)
  const issued = numbers.map((number, index) => ({ number, seq: seqsOf[index] ?? '' }))
  await writeIssues(
    db,
    issued.map((coupon) => ({ ...coupon, request })),
  )
  await countAgainstQuota(db, request.partnerId, request.quantity)
  await ctx.at('coupon.issued', db)
  return issued
}

async function claimAny(ctx: Ctx, db: Database, request: CouponRequest): Promise<string[]> {
  const { productId, quantity } = request
  const claimed: string[] = []
  while (claimed.length < quantity) {
    const found = await freeNumbers(db, productId, '0', quantity - claimed.length + spare)
    if (found.length === 0) throw poolEmpty()
    await ctx.at('coupon.picked', db)
    for (const { id, number } of fromRandom(found, quantity - claimed.length)) {
      if (claimed.length === quantity) break
      if ((await claimNumbers(db, [id])) === 1) claimed.push(number)
      else ctx.observer.coupons('collision', 1)
    }
  }
  return claimed
}

/** From a random place on, upwards only: who come at once rarely meet, and never in a circle. */
function fromRandom(numbers: readonly FreeNumber[], wanted: number): FreeNumber[] {
  const places = Math.max(1, numbers.length - wanted + 1)
  return numbers.slice(Math.floor(Math.random() * places))
}
