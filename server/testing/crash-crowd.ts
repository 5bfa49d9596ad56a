import { afterAll, beforeAll, expect } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { BankCharge, Delivery } from '../../audit/checker.ts'
import { type OpenWork, openWorkIn, openWorkOfSchema } from '../../audit/open-work.ts'
import { queuePrefixOf } from '../worker/queue.ts'
import { jsonRequest } from './app-for-test.ts'
import { eventually } from './barrier.ts'
import { deleteKeys } from './effects-worker.ts'
import { openWorld, type World } from './fixtures.ts'
import { balance, card, orderBody } from './shopping.ts'
import { type SpawnedShop, startShop } from './spawned-shop.ts'

const answerMs = 10_000
/** After a restart everything is finished or undone by then. */
const terminalMs = 30_000

const answered = (url: string, init: RequestInit = {}) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(answerMs) })

/**
 * A world as of `withWorld`, and on it a whole shop of processes, which admits every request unless
 * the design says otherwise.
 * @param isBehindProxy true = the first API server reaches the schema through the world's proxy
 */
export function withSpawnedShop(name: string, design = 'after', isBehindProxy = false) {
  const [world, shop] = [{} as World, {} as SpawnedShop]
  if (!Bun.env.TEST_DATABASE_URL || !Bun.env.TEST_REDIS_URL) return { world, shop }
  beforeAll(async () => {
    Object.assign(world, await openWorld(name))
    const { databaseUrl, proxy } = world
    const serverUrl = isBehindProxy ? proxy.through(databaseUrl) : databaseUrl
    const whole = design.includes('admission=') ? design : `${design},admission=open`
    Object.assign(shop, await startShop(databaseUrl, whole, serverUrl))
  }, 60_000)
  afterAll(async () => {
    await shop.stop?.()
    await clearQueue(world.databaseUrl, 'all')
    await world.close()
  })
  return { world, shop }
}

async function read<T>(url: string): Promise<T> {
  return (await (await answered(url)).json()) as T
}

/**
 * Buys two items in the customer's own order, every third customer by balance, and no customer
 * twice by balance: of two at once one would be refused.
 * @returns the status of the answer; undefined where the server died under it
 */
export async function checkout(shop: SpawnedShop, buyer: number, key: string) {
  const items = buyer % 2 === 0 ? ['1x1', '1x2'] : ['1x2', '1x1']
  const payment = buyer % 3 === 0 && buyer < 60 ? balance : card
  const body = orderBody(items, { userId: String(1 + (buyer % 20)), payment })
  const request = jsonRequest('POST', body, { 'idempotency-key': key })
  return await answered(`${shop.url('server')}/api/v1/orders`, request).then(
    ({ status }) => status,
    () => undefined,
  )
}

/**
 * Lets one buyer a key check out, half of them at once; each answer sends the next.
 * @returns the statuses of the answers, undefined for those that the server died under
 */
export async function checkoutAll(
  shop: SpawnedShop,
  keys: readonly string[],
  onAnswer = () => {},
): Promise<(number | undefined)[]> {
  const statuses: (number | undefined)[] = []
  const waiting = keys.entries()
  const buyInTurn = async () => {
    for (const [buyer, key] of waiting) {
      statuses[buyer] = await checkout(shop, buyer, key)
      onAnswer()
    }
  }
  await Promise.all(Array.from({ length: keys.length / 2 }, buyInTurn))
  return statuses
}

/**
 * Kills processes as the fifth of a crowd is answered. Requests are under way then even where one
 * batch answers all of the first half together: their answers send the second half.
 * @returns the statuses of the answers, undefined for those that the server died under
 */
export async function killInCrowd(
  shop: SpawnedShop,
  keys: readonly string[],
  ...names: Parameters<SpawnedShop['kill']>[0][]
) {
  let answered = 0
  let killing: Promise<unknown> | undefined
  const statuses = await checkoutAll(shop, keys, () => {
    if (++answered === 5) killing = Promise.all(names.map((name) => shop.kill(name)))
  })
  await killing
  expect(statuses.filter((status) => status === undefined).length).toBeGreaterThan(0)
  return statuses
}

export const paidCount = async (world: World) =>
  (await world.orderStates()).filter((state) => state === 'paid').length

export async function untilQuiescent(world: World): Promise<void> {
  const open = async () => openWorkIn(await world.query<OpenWork>(sql.raw(openWorkOfSchema)))
  const isQuiescent = async () => (await open()).length === 0
  await eventually('nothing is under way', isQuiescent, { deadlineMs: terminalMs, pollMs: 100 })
}

/** Everything that can be audited without the clients' own history is as it must be. */
export async function expectSoundShop(world: World, shop: SpawnedShop): Promise<void> {
  const { charges } = await read<{ charges: BankCharge[] }>(`${shop.url('bank')}/v1/ledger`)
  const ledger = `${shop.url('bank')}/partners/ledger`
  const { deliveries } = await read<{ deliveries: Delivery[] }>(ledger)
  expect(await world.audit({ bank: charges, deliveries })).toEqual([])
}

/** A kill -9 leaves leases and claims of 10 s behind: now they have run out. */
export async function passLeases(world: World): Promise<void> {
  await world.query(sql`update sagas set lease_until = '2001-01-01'`)
  await world.query(sql`update idempotency_keys set locked_until = '2001-01-01'`)
  await world.query(sql`update stock_batches set created_at = '2001-01-01'`)
  await world.query(sql`update order_intakes set due_at = '2001-01-01' where status = 'waiting'`)
}

/**
 * Removes keys of a shop's queue from Redis.
 * @param which `timed` = the locks that a kill -9 leaves, as if their time had run out
 */
export const clearQueue = (databaseUrl: string, which: 'timed' | 'all'): Promise<void> =>
  deleteKeys(queuePrefixOf(databaseUrl), async (redis, key) =>
    which === 'all' ? true : (await redis.pttl(key)) >= 0,
  )
