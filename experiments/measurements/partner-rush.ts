import { mkdir } from 'node:fs/promises'
import type { Pool, RowDataPacket } from 'mysql2/promise'
import { auditShop } from '../../audit/audit.ts'
import type { CouponAnswer } from '../../audit/checker.ts'
import { openReader } from '../../audit/reader.ts'
import {
  askUntilFull,
  type PartnerPolicy,
  type PartnerRecord,
} from '../../loadtests/crowd/partner.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import { createSchema, dropSchema } from '../../server/db/migrate.ts'
import { defaultSeedProfile, partnerKey, seed } from '../../server/db/seed.ts'
import { percentile } from '../judge/statistics.ts'
import { ArmProcesses } from '../run/arm-processes.ts'
import type { TestBed } from '../run/test-bed.ts'

const partners = 6
const quantity = 10
/** Numbers that are there when partners come, unless the pool was filled ahead. */
const poolAtFirst = 60
/** Numbers that the worker makes: fewer than the issuer could issue. */
const madePerSecond = 120
const secondsMax = 40
const probeMs = 50
/** Of the two processes that are watched meanwhile. */
const answerMsMax = 10_000

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
  /** Tries at the issuer in each second. */
  triesBySecond: number[]
  findings: string[]
}

/** Lets partners rush a shop of its own, whose pool runs empty, until all have their quantity. */
export async function partnerRush(
  testBed: TestBed,
  armName: RushArmName,
  wanted: number,
): Promise<Rush> {
  const arm: RushArm = rushArms[armName]
  const name = `rush-${++rushes}`
  const { databaseUrl, schemaPrefix } = testBed.databases
  const schema = `${schemaPrefix}${name.replace('-', '_')}`
  const url = await createSchema(databaseUrl, schema)
  const numbers = arm.isFilledAhead ? partners * wanted : poolAtFirst
  const coupons = { partners, quota: 1_000_000, products: 1, numbers, lowWater: 100_000 }
  await seed(url, { ...defaultSeedProfile, popularDays: 1, coupons })
  await mkdir(testBed.session.dataPath(name), { recursive: true })
  const design = 'after,admission=open'
  const processes = new ArmProcesses(testBed, { name: 'rush', design }, name)
  const { started, issuer, gateway } = await processes.allOrNone(async () => {
    const { tickets, bank, urls } = await processes.backends(url)
    const settings = { STAMPEDE_COUPON_NUMBERS_PER_SECOND: String(madePerSecond) }
    const worker = await processes.worker(urls, settings)
    const issuer = await processes.api(urls)
    const gateway = await processes.couponGateway(issuer.url, arm.gateway)
    return { started: [gateway, issuer, worker, tickets, bank], issuer, gateway }
  })
  const reader = openReader(url)
  try {
    if (!arm.isFilledAhead) await takeFromPool(reader)
    const rush = await send(gateway.url, issuer.url, arm, wanted)
    const couponAnswers = rush.records.flatMap(answersOf)
    return { ...rush.figures, findings: await auditShop(reader, { couponAnswers }) }
  } finally {
    await reader.end()
    await Promise.all(started.map((child) => child.stop()))
    await dropSchema(databaseUrl, schema)
  }
}

/** What the worker has made while the processes started. */
async function takeFromPool(db: Pool): Promise<void> {
  const [[row]] = await db.query<RowDataPacket[]>('select count(*) as free from coupon_numbers')
  const surplus = Math.max(0, Number(row?.free) - poolAtFirst)
  await db.query('delete from coupon_numbers order by id desc limit ?', [surplus])
}

let rushes = 0

async function send(gatewayUrl: string, issuerUrl: string, { policy }: RushArm, wanted: number) {
  const startedMs = Date.now()
  const endsAtMs = startedMs + secondsMax * 1000
  const done = { now: false }
  const triesBySecond: number[] = []
  const watching = everySecond(gatewayUrl, done, triesBySecond)
  const probing = pageTimes(issuerUrl, done)
  const records = await Promise.all(
    Array.from({ length: partners }, (_, index) => {
      const partner = `partner-${index + 1}`
      return askUntilFull(fetchHttp(gatewayUrl), {
        ...{ partner, key: partnerKey(partner), product: '1', wanted, quantity, endsAtMs },
        policy: { backoff: policy, timeoutMs: 10_000 },
        random: Math.random,
      })
    }),
  )
  const seconds = (Date.now() - startedMs) / 1000
  done.now = true
  const [counts, times] = [await watching, await probing]
  const sent = records.reduce((sum, record) => sum + record.sent, 0)
  const given = records.flatMap(({ requests }) => requests.flatMap(({ numbers }) => numbers ?? []))
  const figures = {
    firstHop: sent / ((partners * wanted) / quantity),
    secondHop: counts.tries / counts.requests,
    seconds,
    couponsPerSecond: given.length / seconds,
    pageP95Ms: percentile(times, 0.95),
    triesBySecond,
  }
  return { records, figures }
}

const textAt = async (url: string): Promise<string> =>
  await (await fetch(url, { signal: AbortSignal.timeout(answerMsMax) })).text()

/** Notes the tries of each second. @returns all requests and tries of the gateway */
async function everySecond(url: string, done: { now: boolean }, triesBySecond: number[]) {
  let counts = { requests: 0, tries: 0 }
  for (let isLast = false; !isLast; ) {
    isLast = done.now
    if (!isLast) await Bun.sleep(1000)
    const text = await textAt(`${url}/metrics`)
    const now = {
      requests: sumOf(text, 'stampede_gateway_requests_total'),
      tries: sumOf(text, 'stampede_gateway_tries_total'),
    }
    triesBySecond.push(now.tries - counts.tries)
    counts = now
  }
  return counts
}

/** Of all series of a metric. */
const sumOf = (text: string, metric: string): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith(metric))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)

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

const answersOf = ({ partner, requests }: PartnerRecord): CouponAnswer[] =>
  requests.map((request) => ({ partner, ...request }))
