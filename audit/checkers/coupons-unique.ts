import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { judged, merged, violationsIn } from '../findings.ts'

export const couponsUnique: Checker = {
  name: 'coupons-unique',
  promise: 'No coupon number was issued twice, and none was given to two requests.',
  exercise: rowsOf('coupons issued', 'coupon_issues'),
  async check({ db, couponAnswers = [] }) {
    const given = couponAnswers.flatMap(({ partner, requestId, numbers = [] }) =>
      [...new Set(numbers)].map((number) => ({ number, by: `${partner} ${requestId}` })),
    )
    const twice = [...Map.groupBy(given, ({ number }) => number)].flatMap(([number, answers]) => {
      const requests = new Set(answers.map(({ by }) => by))
      return requests.size > 1
        ? [`coupon ${number} was given to ${[...requests].join(' and ')}`]
        : []
    })
    return merged([judged(twice), await violationsIn(db, [issuedTwice])])
  },
}

const issuedTwice = `
  select concat('coupon ', number, ' was issued ', count(*), ' times') as violation
  from coupon_issues group by number having count(*) > 1`
