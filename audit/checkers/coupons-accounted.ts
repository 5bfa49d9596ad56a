import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

/**
 * The log of before the pool was kept is the partner `archive`’s. Joined by the keys alone: by the
 * product as well, a server may choose its index, and read all of a product for each row.
 */
export const couponsAccounted: Checker = {
  name: 'coupons-accounted',
  promise:
    'Every coupon that was issued is a used number of the pool, every used number was issued, ' +
    'and each request has all of its coupons or none.',
  exercise: rowsOf('coupons issued', 'coupon_issues'),
  check: ({ db }) => violationsIn(db, [notClaimed, notIssued, incomplete, unasked]),
}

const notClaimed = `
  select concat('coupon ', i.number, ' was issued, in the pool it is ',
                coalesce(n.status, 'missing')) as violation
  from coupon_issues i
  left join coupon_numbers n on n.number = i.number
  where i.partner_id <> 'archive'
    and (n.status is null or n.status <> 'used' or n.product_id <> i.product_id)`

const notIssued = `
  select concat('number ', n.number, ' is used and was never issued') as violation
  from coupon_numbers n left join coupon_issues i on i.number = n.number
  where n.status = 'used' and i.number is null`

const ofProduct = 'count(if(i.product_id = r.product_id, 1, null))'

const incomplete = `
  select concat('request ', r.partner_id, ' ', r.request_id, ' is ', r.status, ', asked for ',
                r.quantity, ' coupons, and has ', ${ofProduct}) as violation
  from coupon_requests r left join coupon_issues i
    on i.partner_id = r.partner_id and i.request_id = r.request_id
  group by r.partner_id, r.request_id, r.status, r.quantity
  having ${ofProduct} <> if(r.status = 'issued', r.quantity, 0)`

const unasked = `
  select concat('coupon ', i.number, ' was issued for a request that is not written down')
    as violation
  from coupon_issues i left join coupon_requests r
    on r.partner_id = i.partner_id and r.request_id = i.request_id
  where i.partner_id <> 'archive' and r.request_id is null`
