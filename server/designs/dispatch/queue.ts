import type { Redis } from 'ioredis'
import type { Ctx } from '../../ctx.ts'
import { onEnd } from '../../db/connections.ts'
import { orProblem, Problem } from '../../errors.ts'
import type { Option } from '../option.ts'
import { claimWaiting, type Dispatch, waitingOrders, writeOffers } from './dispatch.ts'

/** Sorted by name alone, since scores are doubles: order numbers are padded to the same length. */
const queueKey = 'dispatch:queue'
const digits = 20
/** The table is looked at this often though the queue has something, for what Redis lost. */
const lookKey = 'dispatch:looked'
const lookMs = 1000
const refillMax = 500
/** Entries of orders long taken that one call passes over. */
const staleMax = 1000

export const queue: Option<Dispatch> = {
  summary: 'a queue in Redis, filled again from the table, and a claim in MySQL',
  out: 'an order taken, the oldest first',
  closes:
    'two workers on one order, since the claim decides; a queue that lost entries, since it is ' +
    'filled again from the table when it is empty, and each second',
  leavesOpen: 'without Redis no order is handed out',
  open: () => ({
    offer({ redis }, db, orderIds) {
      writeOffers(db, orderIds)
      onEnd(db, (ending) => {
        // Lost where Redis is away: the next look at the table finds the orders.
        if (ending === 'committed') add(redis, orderIds).catch(() => undefined)
      })
    },
    async take(ctx, workerId) {
      for (let turn = 0; turn < staleMax; turn += 1) {
        const orderId = await next(ctx)
        if (orderId === undefined) return undefined
        if (await ctx.connections.use((db) => claimWaiting(db, orderId, workerId))) return orderId
        ctx.observer.dispatched('raced')
      }
      throw new Problem('dispatch-unavailable')
    },
  }),
}

async function next(ctx: Ctx): Promise<string | undefined> {
  const { redis } = ctx
  const [popped, isDue] = await orProblem(
    'dispatch-unavailable',
    Promise.all([pop(redis), redis.set(lookKey, '', 'PX', lookMs, 'NX')]),
  )
  if (popped !== undefined && !isDue) return popped
  const waiting = await ctx.connections.use((db) => waitingOrders(db, refillMax))
  if (waiting.length > 0) await orProblem('dispatch-unavailable', add(redis, waiting))
  return popped ?? (await orProblem('dispatch-unavailable', pop(redis)))
}

async function add(redis: Redis, orderIds: readonly string[]): Promise<void> {
  await redis.zadd(queueKey, ...orderIds.flatMap((id) => [0, id.padStart(digits, '0')]))
}

async function pop(redis: Redis): Promise<string | undefined> {
  const [member] = await redis.zpopmin(queueKey)
  return member?.replace(/^0+/, '')
}
