import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

export const couponsRedeemedOnce: Checker = {
  name: 'coupons-redeemed-once',
  promise:
    'A coupon is redeemed by one order at most, which stands: an order that was cancelled or ' +
    'undone has given its coupon back. What is redeemed was issued.',
  exercise: rowsOf('coupons redeemed', 'coupon_redemptions'),
  check: ({ db }) => violationsIn(db, [redeemedTwice, notIssued, ofNoOrder]),
}

const redeemedTwice = `
  select concat('coupon ', number, ' was redeemed by ', count(*), ' orders') as violation
  from coupon_redemptions group by number having count(*) > 1`

const notIssued = `
  select concat('coupon ', r.number, ' was redeemed and never issued') as violation
  from coupon_redemptions r left join coupon_issues i on i.number = r.number
  where i.number is null`

const ofNoOrder = `
  select concat('coupon ', r.number, ' is redeemed by order ', r.order_id, ', which is ',
                coalesce(o.status, 'missing')) as violation
  from coupon_redemptions r left join orders o on o.id = r.order_id
  where o.id is null or o.status = 'cancelled'`
