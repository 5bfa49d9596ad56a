import type { Pool } from 'mysql2/promise'
import { auditShop } from '../../audit/audit.ts'
import { sendPartners } from '../../loadtests/crowd/partners.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import { answersOf } from '../run/partner-audit.ts'
import type { TestBed } from '../run/test-bed.ts'
import { uncontended } from '../run/uncontended.ts'
import { type RushArm, type RushArmName, rushArms } from './partner-rush.ts'
import { openPartnerShop } from './partner-shop.ts'

const partners = 6
const quantity = 10
/** Numbers that are used up before the pool is empty, and those of the refill. */
const numbersFirst = 2400
const numbersRefilled = 6000
/** So long the pool is empty. */
const emptyMs = 3000
const secondsMax = 40
/** Goodput is back from the moment from which so long a stretch has so much of it. */
const windowMs = 500
const shareBack = 0.8
/** Numbers of one statement. */
const batch = 500

/** An answer that had coupons. */
export interface Given {
  /** Epoch milliseconds. */
  atMs: number
  coupons: number
}

export interface Recovery {
  /** From the refill until goodput was as before, seconds; the time limit where it never was. */
  seconds: number
  /** Coupons per second until the pool was empty. */
  perSecondBefore: number
  /** Coupons of each quarter of a second, from two seconds before the refill. */
  byQuarter: number[]
  findings: string[]
}

/**
 * Lets partners use up the pool, leaves it empty for a while, refills it at once, and measures how
 * soon they are served as before. A pool that was filled ahead has the refill from the start: the
 * same moment is judged, at which it would have been empty.
 */
export async function partnerRecovery(testBed: TestBed, name: RushArmName): Promise<Recovery> {
  const arm: RushArm = rushArms[name]
  const isFilledAhead = arm.isFilledAhead === true
  const numbers = numbersFirst + (isFilledAhead ? numbersRefilled : 0)
  const { gateway } = arm
  const pool = { numbers, lowWater: 0, madePerSecond: 0 }
  const shop = await openPartnerShop(testBed, { partners, gateway, ...pool })
  try {
    const given: Given[] = []
    const used = Promise.withResolvers<void>()
    let total = 0
    const onAnswer = (_: number, coupons: number) => {
      if (coupons === 0) return
      given.push({ atMs: Date.now(), coupons })
      total += coupons
      if (total >= numbersFirst) used.resolve()
    }
    const startMs = Date.now()
    const sending = sendPartners(
      fetchHttp(shop.couponGateway.url),
      {
        ...{ target: shop.couponGateway.url, partners, quantity, product: '1', seed: 1 },
        wanted: (numbersFirst + numbersRefilled) / partners,
        durationSeconds: secondsMax,
        policy: { backoff: arm.policy, timeoutMs: 10_000 },
        requestIds: 'recovery',
      },
      () => ({ onAnswer }),
    )
    await Promise.race([used.promise, sending])
    const usedMs = Date.now()
    if (!isFilledAhead) {
      await Bun.sleep(emptyMs)
      await uncontended(() => refill(shop.db))
    }
    const refilledMs = isFilledAhead ? usedMs : Date.now()
    const records = await sending
    const perSecondBefore = (numbersFirst * 1000) / (usedMs - startMs)
    const backMs = recoveryMs(given, refilledMs, perSecondBefore) ?? secondsMax * 1000
    const findings = await auditShop(shop.db, { couponAnswers: answersOf(records) })
    const byQuarter = quartersOf(given, refilledMs - 2000, 28)
    return { seconds: backMs / 1000, perSecondBefore, byQuarter, findings }
  } finally {
    await shop.close()
  }
}

/**
 * Milliseconds from a refill until goodput was back: until the first answer from which half a
 * second has four fifths of the coupons that it had before.
 * @returns null where it never was
 */
export function recoveryMs(
  given: readonly Given[],
  refilledMs: number,
  perSecondBefore: number,
): number | null {
  const enough = (perSecondBefore * windowMs * shareBack) / 1000
  const moments = given.map(({ atMs }) => atMs).filter((ms) => ms >= refilledMs)
  const backMs = moments.toSorted((a, b) => a - b).find((ms) => between(given, ms) >= enough)
  return backMs === undefined ? null : backMs - refilledMs
}

const between = (given: readonly Given[], fromMs: number, lengthMs = windowMs): number =>
  given
    .filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + lengthMs)
    .reduce((sum, { coupons }) => sum + coupons, 0)

const quartersOf = (given: readonly Given[], fromMs: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => between(given, fromMs + at * 250, 250))

/** All numbers in one transaction: they are there at the same moment. */
async function refill(db: Pool): Promise<void> {
  const connection = await db.getConnection()
  try {
    await connection.beginTransaction()
    for (let made = 0; made < numbersRefilled; made += batch) {
      const rows = Array.from({ length: Math.min(batch, numbersRefilled - made) }, (_, at) => [
        ...['1', `REFILL${String(made + at).padStart(10, '0')}`, 'free'],
      ])
      await connection.query('insert into coupon_numbers (product_id, number, status) values ?', [
        rows,
      ])
    }
    await connection.commit()
  } catch (error) {
    await connection.rollback()
    throw error
  } finally {
    connection.release()
  }
}
