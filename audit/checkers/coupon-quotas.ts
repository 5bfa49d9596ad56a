import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

export const couponQuotas: Checker = {
  name: 'coupon-quotas',
  promise: 'No partner has more coupons than its quota, and each is counted against it.',
  exercise: rowsOf('partners with coupons', 'coupon_partners where issued > 0'),
  check: ({ db }) => violationsIn(db, [miscounted, overQuota]),
}

const miscounted = `
  select concat(p.id, ' is counted ', p.issued, ' coupons, and has ', count(i.number)) as violation
  from coupon_partners p left join coupon_issues i on i.partner_id = p.id
  where p.id <> 'archive'
  group by p.id, p.issued having count(i.number) <> p.issued`

const overQuota = `
  select concat(id, ' has ', issued, ' coupons of a quota of ', quota) as violation
  from coupon_partners where issued > quota`
