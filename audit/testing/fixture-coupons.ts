import type { CouponAnswer } from '../checker.ts'

/** Number of the fixture's coupon; each is issued but 4 and 5, which are free. */
export const couponNumber = (one: number) => `C${one}`.padEnd(16, '0')

/** Answers to partners of the fixture: two coupons, one, a refusal, and none at all. */
export const couponAnswers = (): CouponAnswer[] => [
  { partner: 'p-1', requestId: 'two', quantity: 2, numbers: [1, 2].map(couponNumber) },
  { partner: 'p-2', requestId: 'one', quantity: 1, numbers: [couponNumber(3)] },
  { partner: 'p-2', requestId: 'stored', quantity: 1, isRefused: true },
  { partner: 'p-2', requestId: 'unknown', quantity: 1 },
]

/** Coupons of that: the first is redeemed by order 101, and the log has one of before the pool. */
export function couponRows(at: Date) {
  const numbers = [1, 2, 3, 4, 5].map((one) => ({
    ...{ id: one, product_id: 1, number: couponNumber(one) },
    status: one > 3 ? 'free' : 'used',
  }))
  const issue = (one: number, partner_id: string, request_id: string, seq: string) => ({
    ...{ number: couponNumber(one), product_id: 1, partner_id, request_id, seq },
    issued_at: at,
  })
  const request = (partner_id: string, request_id: string, quantity: number, status = 'issued') => {
    return { partner_id, request_id, product_id: 1, quantity, status, created_at: at }
  }
  return {
    coupon_products: [{ id: 1, name: 'coupon 1' }],
    coupon_partners: [
      { id: 'p-1', key_hash: '', quota: 2, issued: 2 },
      { id: 'p-2', key_hash: '', quota: 9, issued: 1 },
      { id: 'archive', key_hash: '', quota: 0, issued: 0 },
    ],
    coupon_numbers: numbers,
    coupon_requests: [
      request('p-1', 'two', 2),
      request('p-2', 'one', 1),
      request('p-2', 'stored', 1, 'stored'),
    ],
    coupon_issues: [
      issue(1, 'p-1', 'two', 'A02'),
      issue(2, 'p-1', 'two', 'A03'),
      issue(3, 'p-2', 'one', 'A04'),
      issue(9, 'archive', 'old', 'A01'),
    ],
    coupon_redemptions: [{ number: couponNumber(1), order_id: 101, redeemed_at: at }],
  }
}
