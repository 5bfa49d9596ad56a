import type { Pool } from 'mysql2/promise'
import { auditShop } from '../../audit/audit.ts'
import type { CouponAnswer } from '../../audit/checker.ts'
import { checkers } from '../../audit/registry.ts'
import type { PartnerRecord } from '../../loadtests/crowd/partner.ts'

const ofCoupons = checkers.filter(({ name }) => name.startsWith('coupon'))

/** What partners were answered, as the audit takes it. */
export const answersOf = (records: readonly PartnerRecord[]): CouponAnswer[] =>
  records.flatMap(({ partner, requests }) => requests.map((request) => ({ partner, ...request })))

/**
 * Compares what partners were answered with what was issued, in a shop that goes on: only what is
 * true of coupons at any time is checked.
 * @returns one line for each checker that is not true; empty = all is well
 */
export const auditPartners = (db: Pool, records: readonly PartnerRecord[]): Promise<string[]> =>
  auditShop(db, { couponAnswers: answersOf(records) }, ofCoupons)
