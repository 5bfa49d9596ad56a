import { median } from 'simple-statistics'
import type { ServerChild } from '../../../lab/processes/child.ts'
import { defaultSeedProfile } from '../../../server/db/seed.ts'
import { ShopClient } from '../../canary/shop-client.ts'
import { estimate } from '../../judge/inference.ts'
import { percentile } from '../../judge/statistics.ts'
import { ArmProcesses } from '../../run/arm-processes.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { withShop } from '../shop.ts'
import { inTurns, quotients } from '../turns.ts'

const rounds = 6
/** Long enough for 10,000 requests that are compared. */
const roundMs = 12_000
const requestsPerSecond = 140
const answerMsMax = 10_000
const profile = { ...defaultSeedProfile, popularDays: 30 }
/** Shadows of the last requests have ended by then. */
const afterMs = 1500

/**
 * P99 of readers while each of their requests is compared with another option ÷ while none is, and
 * the requests in which two right options differ. What a shadow costs the customers, on the
 * processor that both use.
 */
export const shadow: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  return await withShop(testBed, { profile }, async ({ urls }) => {
    const spec = { name: 'bench', design: 'after,reads=database,admission=open' }
    const api = await new ArmProcesses(testBed, spec, 'bench-shadow').api(urls)
    const shop = new ShopClient(api.url, testBed.chaosToken, 'bench')
    const measure = async (name: 'alone' | 'shadowed') => {
      const change = { option: 'database', reason: `bench: ${name}` }
      await shop.flagOf('reads')
      const compared = { shadow: { option: 'indexed', percent: 100 } }
      await shop.set('reads', { ...change, ...(name === 'shadowed' ? compared : {}) })
      const p99Ms = await readersP99Ms(api)
      await Bun.sleep(afterMs)
      return p99Ms
    }
    try {
      await readersP99Ms(api)
      const times = await inTurns(['alone', 'shadowed'], rounds, measure, advance)
      const counts = (await shop.counts('reads')).get('shadow')
      const { requests = 0, failed = 0 } = counts ?? {}
      return figuresOf(times, requests, failed)
    } finally {
      await api.stop()
    }
  })
}

/** Reads at a steady rate. @throws Error where an answer is not 200 */
async function readersP99Ms({ url }: ServerChild): Promise<number> {
  const startedMs = performance.now()
  const answers: Promise<number>[] = []
  for (let sent = 0; sent < (roundMs / 1000) * requestsPerSecond; sent += 1) {
    const dueMs = startedMs + (sent * 1000) / requestsPerSecond
    await Bun.sleep(Math.max(0, dueMs - performance.now()))
    const answer = readMs(`${url}${pathOf(sent)}`, dueMs)
    // One that fails is found once all are sent.
    answer.catch(() => {})
    answers.push(answer)
  }
  return percentile(await Promise.all(answers), 0.99)
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

/** From when it was due: what the generator is late counts for both arms. */
async function readMs(url: string, dueMs: number): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) })
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`a read was answered ${response.status}`)
  return performance.now() - dueMs
}

function figuresOf(
  { alone, shadowed }: Record<'alone' | 'shadowed', number[]>,
  compared: number,
  mismatched: number,
): Figure[] {
  const ms = (figures: number[]) => `${median(figures).toFixed(1)} ms`
  return [
    {
      ...{ name: 'shadow', ...estimate(quotients(shadowed, alone)) },
      ...{ floor: 1.25, aim: 1.05, better: 'lower', unit: 'ratio' },
      note:
        `p99 of reads at ${requestsPerSecond}/s, medians: ${ms(shadowed)} with each request ` +
        `compared once it is answered, ${ms(alone)} with none`,
    },
    {
      ...{ name: 'shadow-mismatches', value: mismatched, low: mismatched, high: mismatched },
      ...{ floor: 0, better: 'lower', unit: 'requests' },
      note: `of ${compared.toLocaleString('en')} compared, of two options that are both right`,
    },
  ]
}
