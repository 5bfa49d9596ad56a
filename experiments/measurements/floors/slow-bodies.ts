import { join } from 'node:path'
import { median } from 'simple-statistics'
import { type ServerChild, startChild, startServer } from '../../../lab/processes/child.ts'
import type { Session } from '../../../lab/processes/session.ts'
import { defaultSeedProfile } from '../../../server/db/seed.ts'
import { estimate } from '../../judge/inference.ts'
import { percentile } from '../../judge/statistics.ts'
import { ArmProcesses } from '../../run/arm-processes.ts'
import { blackhole } from '../idle-shop.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { withShop } from '../shop.ts'
import { inTurns, partOf, quotients } from '../turns.ts'

const root = join(import.meta.dir, '../../..')
const senders = 560
const rounds = 6
/** Rounds without any sender, to tell what they cost wherever they send. */
const quietRounds = 2
/** Twice as long as it takes until all senders have been refused and have come again. */
const roundMs = 10_000
const ordersPerSecond = 40
const profile = { ...defaultSeedProfile, popularDays: 0, stock: 1_000_000 }
const options = 20
const answerMsMax = 30_000

/**
 * P99 of orders while 560 slow senders keep the shop waiting ÷ while they do the same to an idle
 * process beside it. What slow bodies cost the other customers, without what the senders
 * themselves take of the cores that all share.
 */
export const slowBodies: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  const { session } = testBed
  return await withShop(testBed, { profile }, async ({ urls }) => {
    const spec = { name: 'bench', design: 'after' }
    const api = await new ArmProcesses(testBed, spec, 'bench-slow').api(urls)
    const idle = await startServer(session, {
      name: 'bench-idle',
      command: [process.execPath, join(root, 'server/main.ts')],
      environment: blackhole,
    })
    try {
      await ordersP99Ms(api)
      const beside = (server: ServerChild) => () =>
        attacked(session, server, () => ordersP99Ms(api))
      const arms = { aside: beside(idle), attacked: beside(api) }
      const times = await inTurns(
        ['aside', 'attacked'],
        rounds,
        (name) => arms[name](),
        partOf(advance, 0, 1.2),
      )
      const quiet = await inTurns(
        ['quiet'],
        quietRounds,
        () => ordersP99Ms(api),
        () => {},
      )
      return [figureOf(times.aside, times.attacked, quiet.quiet)]
    } finally {
      await Promise.all([api.stop(), idle.stop()])
    }
  })
}

let attacks = 0

/** Measures while slow senders are at a server, from their first connection on. */
async function attacked(
  session: Session,
  { port }: ServerChild,
  measure: () => Promise<number>,
): Promise<number> {
  const begun = Promise.withResolvers<void>()
  const program = join(root, 'experiments/measurements/slow-senders.ts')
  const crowd = await startChild(session, {
    name: `bench-slow-senders-${++attacks}`,
    command: [process.execPath, program, String(port), String(senders)],
    onLine: () => begun.resolve(),
  })
  try {
    await begun.promise
    return await measure()
  } finally {
    await crowd.stop()
  }
}

let orders = 0

/** Places orders at a steady rate. @throws Error where one is not placed */
async function ordersP99Ms({ url }: ServerChild): Promise<number> {
  const startedMs = performance.now()
  const answers: Promise<number>[] = []
  for (let sent = 0; sent < (roundMs / 1000) * ordersPerSecond; sent += 1) {
    const dueMs = startedMs + (sent * 1000) / ordersPerSecond
    await Bun.sleep(Math.max(0, dueMs - performance.now()))
    const answer = orderMs(url, dueMs)
    // One that fails is found once all are sent.
    answer.catch(() => {})
    answers.push(answer)
  }
  return percentile(await Promise.all(answers), 0.99)
}

/** From when it was due: what the generator is late counts for both arms. */
async function orderMs(url: string, dueMs: number): Promise<number> {
  const number = ++orders
  const response = await fetch(`${url}/api/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `slow-bodies-${number}` },
    body: JSON.stringify({
      userId: String(1 + (number % profile.users)),
      items: [{ optionId: String(1 + (number % options)), quantity: 1 }],
    }),
    signal: AbortSignal.timeout(answerMsMax),
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`an order was answered ${response.status}: ${text}`)
  return performance.now() - dueMs
}

function figureOf(aside: number[], attacked: number[], quiet: number[]): Figure {
  const ms = (figures: number[]) => `${median(figures).toFixed(0)} ms`
  return {
    name: 'slow-bodies',
    ...estimate(quotients(attacked, aside)),
    ...{ floor: 1.25, aim: 1.05, better: 'lower', unit: 'ratio' },
    note:
      `p99 of orders at ${ordersPerSecond}/s, medians: ${ms(attacked)} with ${senders} slow ` +
      `senders at the shop, ${ms(aside)} with them at an idle process, ${ms(quiet)} without them`,
  }
}
