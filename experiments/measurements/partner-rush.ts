import type { Pool, RowDataPacket } from 'mysql2/promise'
import { auditShop } from '../../audit/audit.ts'
import type { PartnerPolicy } from '../../loadtests/crowd/partner.ts'
import { couponsOf, sendPartners } from '../../loadtests/crowd/partners.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import { percentile } from '../judge/statistics.ts'
import { type GatewayCounts, readGatewayCounts, textAt } from '../run/gateway-counts.ts'
import { answersOf } from '../run/partner-audit.ts'
import type { TestBed } from '../run/test-bed.ts'
import { uncontended } from '../run/uncontended.ts'
import { openPartnerShop } from './partner-shop.ts'

const partners = 6
const quantity = 10
/** Numbers that are there when partners come, unless the pool was filled ahead. */
const poolAtFirst = 60
/** Numbers that the worker makes: fewer than the issuer could issue. */
const madePerSecond = 120
const secondsMax = 40
const probeMs = 50
/** Of each point of a line over time. */
export const rateMs = 500

/** One way of partners and of the client between the servers to deal with an empty pool. */
export interface RushArm {
  policy: PartnerPolicy['backoff']
  gateway: Record<string, string>
  isFilledAhead?: true
}

const asS2 = { GATEWAY_RETRIES: '3', GATEWAY_BACKOFF_MS: '0', GATEWAY_RETRIES_EMPTY: 'on' }

export const rushArms = {
  'at once': { policy: 'none', gateway: asS2 },
  'back-off': { policy: 'asked', gateway: { ...asS2, GATEWAY_BACKOFF_MS: '100' } },
  'no retry on empty, rate limit': {
    policy: 'none',
    gateway: { GATEWAY_RETRIES: '3', GATEWAY_RETRIES_EMPTY: 'off', GATEWAY_RATE_PER_SECOND: '20' },
  },
  'pool filled ahead': { policy: 'none', gateway: asS2, isFilledAhead: true },
} satisfies Record<string, RushArm>

export type RushArmName = keyof typeof rushArms
export const rushArmNames = Object.keys(rushArms) as RushArmName[]

/** Per second, at one moment of a rush. */
export interface RushRates {
  /** Of partners at the gateway. */
  requests: number
  /** Of the gateway at the issuer. */
  tries: number
  coupons: number
}

export interface Rush {
  /** Requests of partners at the gateway for one that was needed. */
  firstHop: number
  /** Tries of the gateway at the issuer for one request of a partner. */
  secondHop: number
  /** Until the last partner had its quantity; the time limit where one never had it. */
  seconds: number
  couponsPerSecond: number
  /** A page of the shop meanwhile. */
  pageP95Ms: number
  /** Rates over each half second. */
  rates: RushRates[]
  findings: string[]
}

/** Lets partners rush a shop of its own, whose pool runs empty, until all have their quantity. */
export async function partnerRush(
  testBed: TestBed,
  armName: RushArmName,
  wanted: number,
): Promise<Rush> {
  const arm: RushArm = rushArms[armName]
  const isFilledAhead = arm.isFilledAhead === true
  const numbers = isFilledAhead ? partners * wanted : poolAtFirst
  const { gateway } = arm
  const shop = await openPartnerShop(testBed, {
    ...{ partners, numbers, lowWater: 100_000, madePerSecond, gateway },
  })
  try {
    if (!isFilledAhead) await uncontended(() => takeFromPool(shop.db))
    const { records, figures } = await send(shop.couponGateway.url, shop.api.url, arm, wanted)
    const couponAnswers = answersOf(records)
    return { ...figures, findings: await auditShop(shop.db, { couponAnswers }) }
  } finally {
    await shop.close()
  }
}

/** What the worker has made while the processes started. */
async function takeFromPool(db: Pool): Promise<void> {
  const [[row]] = await db.query<RowDataPacket[]>('select count(*) as free from coupon_numbers')
  const surplus = Math.max(0, Number(row?.free) - poolAtFirst)
  await db.query('delete from coupon_numbers order by id desc limit ?', [surplus])
}

async function send(gatewayUrl: string, issuerUrl: string, { policy }: RushArm, wanted: number) {
  const startedMs = Date.now()
  const done = { now: false }
  const total: RushTotals = { requests: 0, tries: 0, coupons: 0 }
  const rates: RushRates[] = []
  const watching = watchRates(gatewayUrl, done, total, rates)
  const probing = pageTimes(issuerUrl, done)
  const records = await sendPartners(
    fetchHttp(gatewayUrl),
    {
      ...{ target: gatewayUrl, partners, wanted, quantity, product: '1', seed: 1 },
      durationSeconds: secondsMax,
      policy: { backoff: policy, timeoutMs: 10_000 },
      requestIds: 'rush',
    },
    () => ({
      onAnswer(_, coupons) {
        total.coupons += coupons
      },
    }),
  )
  const seconds = (Date.now() - startedMs) / 1000
  done.now = true
  const [times] = [await probing, await watching]
  const sent = records.reduce((sum, record) => sum + record.sent, 0)
  const given = records.reduce((sum, record) => sum + couponsOf(record), 0)
  const figures = {
    firstHop: sent / ((partners * wanted) / quantity),
    secondHop: total.tries / total.requests,
    seconds,
    couponsPerSecond: given / seconds,
    pageP95Ms: percentile(times, 0.95),
    rates,
  }
  return { records, figures }
}

/** What was counted since the rush began. */
type RushTotals = GatewayCounts & { coupons: number }

/** Notes the rates until it is done, and counts what the gateway has counted into the totals. */
async function watchRates(
  url: string,
  done: { now: boolean },
  total: RushTotals,
  rates: RushRates[],
): Promise<void> {
  let last = { ...total, atMs: performance.now() }
  for (let isLast = false; !isLast; ) {
    isLast = done.now
    if (!isLast) await Bun.sleep(rateMs)
    Object.assign(total, await readGatewayCounts(url))
    const now = { ...total, atMs: performance.now() }
    rates.push(ratesBetween(last, now))
    last = now
  }
}

/** Rates from one look to the next; the looks are not quite evenly apart. */
export function ratesBetween(
  last: RushTotals & { atMs: number },
  now: RushTotals & { atMs: number },
): RushRates {
  const perSecond = (name: keyof RushTotals) =>
    ((now[name] - last[name]) * 1000) / (now.atMs - last.atMs)
  return {
    requests: perSecond('requests'),
    tries: perSecond('tries'),
    coupons: perSecond('coupons'),
  }
}

/** Milliseconds of one page of the shop, asked for twenty times a second. */
async function pageTimes(url: string, done: { now: boolean }): Promise<number[]> {
  const times: number[] = []
  while (!done.now) {
    const startedMs = performance.now()
    await textAt(`${url}/api/v1/products/1`)
    times.push(performance.now() - startedMs)
    await Bun.sleep(probeMs)
  }
  return times
}
