import { sampleCorrelation } from 'simple-statistics'
import { connectTo, type KeepAliveClient } from '../../server/testing/keep-alive-client.ts'
import type { PrivateArm } from '../run/arm.ts'
import { whileOpen } from '../run/closed-loop.ts'
import { restock } from './order-rush.ts'

/** What became of a crowd that arrives one after the other, whatever the answers are. */
export interface OpenRush {
  /** From the first arrival until the last right answer. */
  lastMs: number
  /** Buyers in the order of their arrival who had a paid order. */
  winners: number[]
  /** Ids of their orders. */
  orderIds: string[]
  /** Answers that let a buyer come again. */
  refused: number
  /** Longest time that a buyer waited for a free connection of the generator. */
  queuedMsMax: number
}

/** The one option that all of them want. */
export const rushOptionId = '1'
const pauseMs = 1000

let rushes = 0
const triesMax = 60

/**
 * Buyers who arrive at an even rate, each for one unit of the same option, paid from the balance in
 * the same request. As many requests as there are connections are under way at once; who arrives
 * meanwhile waits in line, first come first served, and his time runs.
 * @throws Error for an answer that is neither a paid order nor sold out
 */
export async function openRush(
  arm: PrivateArm,
  crowd: { buyers: number; units: number; perSecond: number; connections: number },
): Promise<OpenRush> {
  await restock(arm, crowd.units)
  const opening = Array.from({ length: crowd.connections }, () => connectTo(arm.api.url))
  const clients = await Promise.all(opening)
  const free = [...clients]
  const found: OpenRush = { lastMs: 0, winners: [], orderIds: [], refused: 0, queuedMsMax: 0 }
  const run = ++rushes
  const startedMs = performance.now()
  const visit = async (buyer: number) => {
    const client = free.pop()
    if (!client) throw new Error('more buyers at once than connections')
    try {
      const dueMs = startedMs + (buyer * 1000) / crowd.perSecond
      const earlyMs = dueMs - performance.now()
      if (earlyMs > 0) await Bun.sleep(earlyMs)
      else found.queuedMsMax = Math.max(found.queuedMsMax, -earlyMs)
      const orderId = await buy(client, `${run}-${buyer}`, String(1 + (buyer % arm.users)), found)
      found.lastMs = performance.now() - startedMs
      if (orderId === undefined) return
      found.winners.push(buyer)
      found.orderIds.push(orderId)
    } finally {
      free.push(client)
    }
  }
  try {
    await whileOpen(crowd.connections, (buyer) => buyer < crowd.buyers, visit)
    return found
  } finally {
    for (const client of clients) client.close()
  }
}

/** @returns the id of the paid order; undefined where it is sold out */
async function buy(
  client: KeepAliveClient,
  key: string,
  userId: string,
  counts: Pick<OpenRush, 'refused'>,
): Promise<string | undefined> {
  const items = [{ optionId: rushOptionId, quantity: 1 }]
  const body = { userId, items, payment: { method: 'balance' } }
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const { status, body: answer } = await client.post('/api/v1/orders', body, {
      'idempotency-key': `open-rush-${key}`,
    })
    if (status === 201 && answer.status === 'paid') return String(answer.id)
    if (answer.code === 'sold-out') return undefined
    if (status !== 503 && status !== 429) throw new Error(`a buyer got ${status} ${answer.code}`)
    counts.refused += 1
    await Bun.sleep(pauseMs)
  }
  throw new Error(`a buyer had no answer after ${triesMax} tries`)
}

/**
 * Spearman's rank correlation of arrival and success, ÷ the one that there is where the first
 * arrivals have all the units: 1 = first come first served, 0 = as good as drawn by lot.
 * Success has two values only, so its ranks are as good as the values themselves.
 */
export function firstComeShare(buyers: number, winners: readonly number[]): number {
  const arrival = Array.from({ length: buyers }, (_, index) => index)
  const won = new Set(winners)
  const correlation = (isWinner: (buyer: number) => boolean) =>
    sampleCorrelation(
      arrival,
      arrival.map((buyer) => (isWinner(buyer) ? 1 : 0)),
    )
  const best = correlation((buyer) => buyer < won.size)
  return correlation((buyer) => won.has(buyer)) / best
}
