import { sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import { isDuplicateKey } from '../../db/failures.ts'
import { Problem } from '../../errors.ts'
import {
  type CouponRequest,
  countAgainstQuota,
  type FreeNumber,
  freeNumbers,
  type Issue,
  type IssuedCoupon,
  poolEmpty,
  storeRequests,
  validate,
  writeIssues,
} from './coupons.ts'
import { type LastSeqs, seqAfter } from './sequence.ts'

/** Tries of one coupon. */
const triesMax = { 'next-number': 100, 'read-again': 3 } as const

/** The insert that decides between two who picked one number. @returns false = another was first */
export type Insert = (ctx: Ctx, db: Database, issue: Issue) => Promise<boolean>

export interface Stepwise {
  seqs: LastSeqs
  insert: Insert
  /** `read-again` asks for the first free number, which its snapshot still has as the same. */
  afterCollision: keyof typeof triesMax
}

/**
 * The procedures of the stored function as statements of the application, in the same order: store
 * the request, validate, and for each coupon pick, mark, next sequence, issue.
 */
export async function issueStepwise(
  ctx: Ctx,
  db: Database,
  request: CouponRequest,
  how: Stepwise,
): Promise<IssuedCoupon[]> {
  await storeRequests(db, [request])
  await validate(db, request)
  const issued: IssuedCoupon[] = []
  let aboveId = '0'
  while (issued.length < request.quantity) {
    const { coupon, id } = await issueOne(ctx, db, request, how, aboveId)
    issued.push(coupon)
    aboveId = id
  }
  await countAgainstQuota(db, request.partnerId, request.quantity)
  await ctx.at('coupon.issued', db)
  return issued
}

async function issueOne(
  ctx: Ctx,
  db: Database,
  request: CouponRequest,
  { seqs, insert, afterCollision }: Stepwise,
  above: string,
): Promise<{ coupon: IssuedCoupon; id: string }> {
  let aboveId = above
  let seq: string | undefined
  for (let tries = 0; tries < triesMax[afterCollision]; tries += 1) {
    const [free] = await freeNumbers(db, request.productId, aboveId, 1)
    if (!free) throw poolEmpty()
    await ctx.at('coupon.picked', db)
    await markUsed(db, free)
    if (tries === 0) seq = await seqs.of(db, request.productId)
    seq = seqAfter(seq)
    const coupon = { number: free.number, seq }
    if (await insert(ctx, db, { ...coupon, request })) return { coupon, id: free.id }
    ctx.observer.coupons('collision', 1)
    if (afterCollision === 'next-number') aboveId = free.id
  }
  throw new Problem('coupon-collision')
}

/**
 * Waits until another that has marked it is done. Whether it was free is not looked at: the issue
 * log decides. One that is used is not written again, which MySQL would make a version of its own.
 */
const markUsed = (db: Database, { id }: FreeNumber) =>
  db.change(sql`update coupon_numbers force index (primary) set status = 'used'
    where id = ${id} and status = 'free'`)

/** In the transaction itself, which goes on after a collision. */
export const insertHere: Insert = async (_ctx, db, issue) => {
  try {
    await writeIssues(db, [issue])
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}
