import type { CouponAnswer, Evidence } from '../../checker.ts'
import { couponNumber } from '../fixture-coupons.ts'
import { caughtBy } from './bug.ts'

/** Changes the answer to a request. */
const setAnswer = (requestId: string, changes: Partial<CouponAnswer>) => (evidence: Evidence) => {
  const found = evidence.couponAnswers?.find((answer) => answer.requestId === requestId)
  if (!found) throw new Error(`the fixture has no answer to ${requestId}`)
  Object.assign(found, changes)
}

const second = `'${couponNumber(2)}'`
const third = `'${couponNumber(3)}'`
const fourth = `'${couponNumber(4)}'`

export const coupons = [
  ...caughtBy('coupons-unique', {
    'a coupon that two partners were given': {
      says: `${couponNumber(1)} was given to p-1 two and p-2 one`,
      evidence: setAnswer('one', { numbers: [couponNumber(1)] }),
    },
  }),
  ...caughtBy('coupon-answers', {
    'a coupon that was given and never issued': {
      says: `${couponNumber(4)}, given to p-2 one, is not in the log`,
      evidence: setAnswer('one', { numbers: [couponNumber(4)] }),
    },
    'a coupon fewer than was asked for': {
      says: 'p-1 two asked for 2 coupons, was given 1',
      evidence: setAnswer('two', { numbers: [couponNumber(1)] }),
    },
    'coupons of a request that was refused': {
      says: 'p-2 one was refused, the log has 1 coupons',
      evidence: (evidence) => {
        setAnswer('one', { isRefused: true })(evidence)
        for (const answer of evidence.couponAnswers ?? []) {
          if (answer.requestId === 'one') delete answer.numbers
        }
      },
    },
  }),
  ...caughtBy('coupons-accounted', {
    'a coupon whose number is still free': {
      says: `${couponNumber(3)} was issued, in the pool it is free`,
      sql: [`update coupon_numbers set status = 'free' where number = ${third}`],
    },
    'a coupon whose number was never in the pool': {
      says: `${couponNumber(3)} was issued, in the pool it is missing`,
      sql: [`delete from coupon_numbers where number = ${third}`],
    },
    'a number that is used, and was never issued': {
      says: `${couponNumber(4)} is used and was never issued`,
      sql: [`update coupon_numbers set status = 'used' where number = ${fourth}`],
    },
    'a request that has a coupon too few': {
      says: 'p-1 two is issued, asked for 2 coupons, and has 1',
      sql: [
        `delete from coupon_issues where number = ${second}`,
        `delete from coupon_numbers where number = ${second}`,
      ],
    },
    'a request that was refused and has its coupon': {
      says: 'p-2 one is stored, asked for 1 coupons, and has 1',
      sql: [`update coupon_requests set status = 'stored' where request_id = 'one'`],
    },
    'a coupon of no request': {
      says: `${couponNumber(3)} was issued for a request that is not written down`,
      sql: [`delete from coupon_requests where request_id = 'one'`],
    },
  }),
  ...caughtBy('coupon-quotas', {
    'a coupon that was not counted': {
      says: 'p-2 is counted 0 coupons, and has 1',
      sql: [`update coupon_partners set issued = 0 where id = 'p-2'`],
    },
    'a quota that was passed': {
      says: 'p-1 has 2 coupons of a quota of 1',
      sql: [`update coupon_partners set quota = 1 where id = 'p-1'`],
    },
  }),
  ...caughtBy('coupons-redeemed-once', {
    'a coupon of an order that was cancelled': {
      says: 'redeemed by order 104, which is cancelled',
      sql: ['update coupon_redemptions set order_id = 104'],
    },
    'a coupon that was redeemed and never issued': {
      says: `${couponNumber(4)} was redeemed and never issued`,
      sql: [`update coupon_redemptions set number = ${fourth}`],
    },
  }),
]
