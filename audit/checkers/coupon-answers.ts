import type { Checker, CouponAnswer } from '../checker.ts'
import { listed } from '../exercise.ts'
import { judged } from '../findings.ts'
import { select } from '../select.ts'

export const couponAnswers: Checker = {
  name: 'coupon-answers',
  promise:
    'A partner was answered with exactly the coupons that the issue log has under its request, ' +
    'as many as it asked for; a request that was refused for good has none.',
  exercise: listed('answers to partners', ({ couponAnswers = [] }) => couponAnswers),
  async check({ db, couponAnswers = [] }) {
    if (couponAnswers.length === 0) return judged([])
    const rows = await select(
      db,
      `select concat(partner_id, ' ', request_id) as request, number from coupon_issues
       where partner_id <> 'archive'`,
    )
    const issued = new Map<string, Set<string>>()
    for (const { request, number } of rows) {
      const numbers = issued.get(String(request)) ?? new Set<string>()
      issued.set(String(request), numbers.add(String(number)))
    }
    return judged(couponAnswers.flatMap((answer) => flawsOf(answer, issued)))
  },
}

function flawsOf(
  { partner, requestId, quantity, numbers, isRefused = false }: CouponAnswer,
  issued: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const request = `${partner} ${requestId}`
  const inLog = issued.get(request) ?? new Set()
  if (numbers === undefined) {
    if (!isRefused || inLog.size === 0) return []
    return [`request ${request} was refused, the log has ${inLog.size} coupons of it`]
  }
  const unknown = numbers.filter((number) => !inLog.has(number))
  const wrong = unknown.map((number) => `coupon ${number}, given to ${request}, is not in the log`)
  if (inLog.size !== quantity || new Set(numbers).size !== quantity) {
    wrong.push(
      `request ${request} asked for ${quantity} coupons, was given ${numbers.length}, ` +
        `and the log has ${inLog.size}`,
    )
  }
  return wrong
}
