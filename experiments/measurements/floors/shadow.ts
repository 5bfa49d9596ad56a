import { median } from 'simple-statistics'
import type { ServerChild } from '../../../lab/processes/child.ts'
import { dropSchema } from '../../../server/db/migrate.ts'
import { defaultSeedProfile } from '../../../server/db/seed.ts'
import type { ShadowAxis } from '../../../server/designs/flags/shadow.ts'
import { schemaOf } from '../../../server/redis.ts'
import { ShopClient } from '../../canary/shop-client.ts'
import { estimate } from '../../judge/inference.ts'
import { percentile } from '../../judge/statistics.ts'
import { ArmProcesses } from '../../run/arm-processes.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { withShop } from '../shop.ts'
import { inTurns, quotients } from '../turns.ts'

/** Short ones: what else the machine does meets both sides. */
export const rounds = 24
const roundMs = 6000
/** So many rounds of a side have one p99: that of a single one is one of its two slowest orders. */
const roundsOfPool = 4
const answerMsMax = 10_000
export const profile = { ...defaultSeedProfile, popularDays: 30, stock: 1_000_000 }
/** Shadows of the last requests have ended by then. */
export const afterMs = 1500
/** From option 30 on: those before have kinds of their own. */
const optionsBought = 370

/** What is compared, and how many requests come meanwhile. */
interface Compared {
  name: string
  axis: ShadowAxis
  option: string
  other: string
  percent: number
  requestsPerSecond: number
  /** The n-th request. */
  ask(url: string, sent: number): Promise<Response>
}

/**
 * P99 of requests while a shadow compares them with another option ÷ while none does, and the
 * requests in which two right options differ. What a shadow costs the customers, on the processor
 * and the disk that both use.
 */
const shadowOf =
  (compared: Compared): Benchmark =>
  async (experiment, advance) => {
    const testBed = await experiment.testBed()
    const { axis, option, other, percent } = compared
    return await withShop(testBed, { profile }, async ({ urls }) => {
      const spec = { name: 'bench', design: `after,admission=open,${axis}=${option}` }
      const api = await new ArmProcesses(testBed, spec, `bench-${compared.name}`).api(urls)
      const shop = new ShopClient(api.url, testBed.chaosToken, 'bench')
      const measure = async (name: 'alone' | 'shadowed') => {
        await shop.flagOf(axis)
        const shadow = name === 'shadowed' ? { shadow: { option: other, percent } } : {}
        await shop.set(axis, { option, reason: `bench: ${name}`, ...shadow })
        const answersMs = await answerTimes(api, compared)
        await Bun.sleep(afterMs)
        return answersMs
      }
      try {
        // The schema of the shadow is made, and every cache is filled.
        await measure('shadowed')
        const times = await inTurns(['alone', 'shadowed'], rounds, measure, advance)
        const counts = (await shop.counts(axis)).get('shadow')
        const p99s = { alone: pooledP99(times.alone), shadowed: pooledP99(times.shadowed) }
        return figuresOf(compared, p99s, counts?.requests ?? 0, counts?.failed ?? 0)
      } finally {
        await api.stop()
        const schema = `${schemaOf(urls.DATABASE_URL)}_shadow`
        await dropSchema(testBed.databases.databaseUrl, schema)
      }
    })
  }

/** Milliseconds, of several rounds each; all rounds of a pool count alike. */
export const pooledP99 = (answersMs: readonly number[][]): number[] =>
  Array.from({ length: Math.floor(answersMs.length / roundsOfPool) }, (_, pool) =>
    percentile(answersMs.slice(pool * roundsOfPool, (pool + 1) * roundsOfPool).flat(), 0.99),
  )

/**
 * Sends at a steady rate.
 * @returns milliseconds of each answer
 * @throws Error where an answer is no success
 */
export async function answerTimes(
  { url }: ServerChild,
  { requestsPerSecond, ask }: Pick<Compared, 'requestsPerSecond' | 'ask'>,
): Promise<number[]> {
  const startedMs = performance.now()
  const answers: Promise<number>[] = []
  for (let sent = 0; sent < (roundMs / 1000) * requestsPerSecond; sent += 1) {
    const dueMs = startedMs + (sent * 1000) / requestsPerSecond
    await Bun.sleep(Math.max(0, dueMs - performance.now()))
    const answer = answeredMs(ask(url, sent), dueMs)
    // One that fails is found once all are sent.
    answer.catch(() => {})
    answers.push(answer)
  }
  return await Promise.all(answers)
}

/** From when it was due: what the generator is late counts for both arms. */
async function answeredMs(asked: Promise<Response>, dueMs: number): Promise<number> {
  const response = await asked
  const text = await response.text()
  if (!response.ok) throw new Error(`a request was answered ${response.status}: ${text}`)
  return performance.now() - dueMs
}

function figuresOf(
  { name, requestsPerSecond, percent, option, other }: Compared,
  { alone, shadowed }: Record<'alone' | 'shadowed', number[]>,
  requests: number,
  mismatched: number,
): Figure[] {
  const ms = (figures: number[]) => `${median(figures).toFixed(1)} ms`
  return [
    {
      ...{ name, ...estimate(quotients(shadowed, alone)) },
      ...{ floor: 1.25, aim: 1.05, better: 'lower', unit: 'ratio' },
      note:
        `p99 of ${roundsOfPool} rounds each at ${requestsPerSecond} requests/s, medians: ` +
        `${ms(shadowed)} with those of ` +
        `${percent} % of the customers compared once they are answered, ${ms(alone)} with none`,
    },
    {
      ...{ name: `${name}-mismatches`, value: mismatched, low: mismatched, high: mismatched },
      ...{ floor: 0, better: 'lower', unit: 'requests' },
      note: `of ${requests.toLocaleString('en')} compared, ${option} with ${other}: both are right`,
    },
  ]
}

/** Mostly single products, and now and then a page of them or the best sellers. */
function pathOf(sent: number): string {
  if (sent % 20 === 7) return `/api/v1/products?size=5&page=${1 + (sent % 10)}`
  if (sent % 20 === 17) {
    const day = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10)
    return `/api/v1/products/popular?from=${day}&to=${day}`
  }
  return `/api/v1/products/${1 + (sent % profile.products)}`
}

/** Products and best sellers, each of which is compared. */
export const shadow = shadowOf({
  ...{ name: 'shadow', axis: 'reads', option: 'database', other: 'indexed', percent: 100 },
  requestsPerSecond: 140,
  ask: (url, sent) => fetch(url + pathOf(sent), { signal: AbortSignal.timeout(answerMsMax) }),
})

let orders = 0

/** An order of two items that is not paid. @param bought options, from option 30 on */
export function placeOrder(url: string, bought: number): Promise<Response> {
  const number = ++orders
  const second = bought > 2 ? 13 : 1
  const items = [0, 1].map((index) => ({
    optionId: String(30 + ((number * 7 + index * second) % bought)),
    quantity: 1,
  }))
  return fetch(`${url}/api/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `shadow-${number}` },
    body: JSON.stringify({ userId: String(1 + (number % profile.users)), items }),
    signal: AbortSignal.timeout(answerMsMax),
  })
}

/** Orders of which a tenth is compared. */
export const shadowOrders = shadowOf({
  ...{ name: 'shadow-orders', axis: 'transaction', option: 'split', other: 'one-big' },
  ...{ percent: 10, requestsPerSecond: 30 },
  ask: (url) => placeOrder(url, optionsBought),
})
