import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'bun:test'
import { type SQL, sql } from 'drizzle-orm'
import { auditShop } from '../../audit/audit.ts'
import { openReader } from '../../audit/reader.ts'
import { createTicketClient, type TicketClient } from '../clients/ticket-client.ts'
import { noChaos, type Services, type Site } from '../ctx.ts'
import { connect } from '../db/connections.ts'
import { contentionOf } from '../db/failures.ts'
import { dropSchema } from '../db/migrate.ts'
import { defaultLimits, type PoolLimits } from '../db/pool.ts'
import { type SeedProfile, seed } from '../db/seed.ts'
import { type Design, parseDesign } from '../designs/design.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { OpenedOptions } from '../designs/opened-options.ts'
import { silentObserver } from '../metrics/observer.ts'
import { openLockServers, openRedis, schemaOf } from '../redis.ts'
import { closeServices } from '../services.ts'
import { createTicketsApp } from '../tickets/app.ts'
import { ticketRange } from '../tickets/ranges.ts'
import { Sequences } from '../tickets/sequences.ts'
import { eventually } from './barrier.ts'
import { interruptions } from './interrupt.ts'
import { lockWaitsNow } from './lock-waits-now.ts'
import { type LossyProxy, openLossyProxy } from './lossy-proxy.ts'
import { memoryMarks } from './memory-marks.ts'
import { createPretendBank, type PretendBank } from './pretend-bank.ts'
import { putBack } from './put-back.ts'
import { createScript, type Script } from './script.ts'
import { shoppingIn } from './shopping.ts'
import { clearRedis, lockUrlsForTest } from './test-redis.ts'
import { createTestSchema } from './test-schema.ts'
import { worldTables } from './world-tables.ts'

/**
 * Small: options 1 to 20 with 100 units each, 11 to 14 of the other kinds, users 1 to 20, five days
 * of best sellers. Products 1 and 2 of coupons with 40 numbers each, partners 1 to 3 with a quota
 * of 60.
 */
export const smallSeedProfile: SeedProfile = {
  users: 20,
  balanceMinor: 1_000_000,
  products: 10,
  hotOptions: 4,
  stock: 100,
  limitedOptionId: 20,
  limitedStock: 1,
  optionsPerProduct: [2],
  popularDays: 5,
  kinds: [
    { optionId: 11, kind: 'one-plus-one' },
    { optionId: 12, kind: 'gift', giftOptionId: 15 },
    { optionId: 13, kind: 'reservation', quota: 12 },
    { optionId: 14, kind: 'promotion', quota: 12 },
  ],
  coupons: { partners: 3, quota: 60, products: 2, numbers: 40, lowWater: 0 },
}

type Need = 'TEST_DATABASE_URL' | 'TEST_REDIS_URL'

/** A group of tests that need private servers; without those it is skipped, and says so. */
export function describeLive(name: string, needs: readonly Need[], body: () => void): void {
  const missing = needs.filter((need) => !Bun.env[need])
  if (missing.length === 0) return void describe(name, body)
  console.log(`skipped: ${name}: ${missing.join(' and ')} not set`)
  describe.skip(name, body)
}

/** One shop on a schema of its own, with everything in this process but the database. */
export interface World
  extends ReturnType<typeof worldTables>,
    ReturnType<typeof shoppingIn>,
    ReturnType<typeof interruptions> {
  databaseUrl: string
  script: Script
  bank: PretendBank
  /** What the process under test has; its chaos is the script. */
  services: Services
  options: OpenedOptions
  /** What another process on the same database has: no script reaches it. */
  others: Services
  otherOptions: OpenedOptions
  /** @param changed services of a third process that has all others in common with the first */
  ctx(design: string | Design, changed?: Partial<Services>): FlowCtx
  query<Row extends object>(statement: SQL): Promise<Row[]>
  /** Between the pool under test and the database, where the world was opened so. */
  proxy: LossyProxy
  /** True when some transaction holds a lock on the row. */
  isLocked(table: 'product_options' | 'orders' | 'users', id: string): Promise<boolean>
  /** Says whether `work` ends, or is first seen to wait for a row lock. */
  endsOrWaits(work: Promise<unknown>): Promise<'ends' | 'waits'>
  /** Ends the connection at a site as its process's death would: the server rolls back. */
  cut(site: Site): Promise<void>
  /** What the audit finds once nothing is under way; empty = all is well. */
  audit(witnesses?: Parameters<typeof auditShop>[1]): Promise<string[]>
  /** Puts everything back to how it was after the seed. */
  restock(): Promise<void>
  close(): Promise<void>
}

interface WorldOptions {
  /** Of the pool under test, where they are not the shop's own. */
  limits?: Partial<PoolLimits>
  /** True = that pool reaches the schema through the world's proxy. */
  isBehindProxy?: boolean
}

/** A busy machine makes and seeds a schema within this time; Bun would wait for 5 s. */
const openMsMax = 60_000

/** Opens a world on a new schema `stampede_test_<name>_<pid>`. */
export async function openWorld(
  name: string,
  { limits, isBehindProxy = false }: WorldOptions = {},
): Promise<World> {
  const server = Bun.env.TEST_DATABASE_URL ?? ''
  const schema = `stampede_test_${name.replaceAll('-', '_')}_${process.pid}`
  const databaseUrl = await createTestSchema(server, schema)
  await seed(databaseUrl, smallSeedProfile)
  const script = createScript()
  const bank = createPretendBank()
  const proxy = await openLossyProxy(server)
  const newTicketClient = ticketServerInProcess()
  const open = (url: string, limits: PoolLimits) => servicesOn(url, bank, newTicketClient(), limits)
  const others = open(databaseUrl, { ...defaultLimits, connections: 8 })
  const reader = openReader(databaseUrl)
  const url = isBehindProxy ? proxy.through(databaseUrl) : databaseUrl
  const plain = open(url, { ...defaultLimits, ...limits })
  const connections = script.seams(plain.connections)
  const services = { ...plain, chaos: script, connections }
  const under = new OpenedOptions(services)
  const otherOptions = new OpenedOptions(others)
  const processes = [under, otherOptions]
  const observed = observing(others)
  const ctx: World['ctx'] = (design, changed) => {
    const asked = changed ? new OpenedOptions({ ...services, ...changed }) : under
    if (changed) processes.push(asked)
    return asked.ctx(typeof design === 'string' ? parseDesign(design) : design, 'test')
  }
  return {
    databaseUrl,
    script,
    bank,
    proxy,
    services,
    options: under,
    others,
    otherOptions,
    ctx,
    ...observed,
    ...worldTables(observed.query, otherOptions),
    ...shoppingIn(ctx),
    ...interruptions(script, observed.cut),
    audit: (witnesses) => auditShop(reader, { bank: bank.ledger.list(), ...witnesses }),
    async restock() {
      await Promise.all(processes.map((one) => one.settle('effects')))
      await clearRedis(others)
      script.clear()
      bank.reset()
      for (const reason of Object.keys(services.connections.retries)) {
        delete services.connections.retries[reason]
      }
      await putBack(others, smallSeedProfile)
    },
    async close() {
      await clearRedis(others)
      await Promise.all(processes.map((one) => one.close()))
      await Promise.all([closeServices(plain), closeServices(others), reader.end()])
      proxy.stop()
      await dropSchema(server, schema)
    },
  }
}

/**
 * A world of a file's or a group's own, restocked before each test. It has nothing in it until the
 * tests run, and never has where there is no database.
 * @param isAudited true = every test fails that leaves something for the audit to find
 */
export function withWorld(
  name: string,
  { isAudited = false, ...options }: WorldOptions & { isAudited?: boolean } = {},
): World {
  const world = {} as World
  if (!Bun.env.TEST_DATABASE_URL) return world
  beforeAll(async () => void Object.assign(world, await openWorld(name, options)), openMsMax)
  beforeEach(() => world.restock())
  if (isAudited) afterEach(async () => expect(await world.audit()).toEqual([]))
  afterAll(() => world.close())
  return world
}

/** Other tests and processes share the machine: the patience of designs is not what is tested. */
const redisAnswerMsMax = 4000

function servicesOn(
  url: string,
  bank: PretendBank,
  tickets: TicketClient,
  limits: PoolLimits,
): Services {
  const connections = connect(url, limits)
  const side = connect(url, { ...defaultLimits, connections: 4 })
  const redisUrl = Bun.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:9'
  const redis = openRedis(redisUrl, schemaOf(url), redisAnswerMsMax)
  return {
    connections,
    side,
    redis,
    lockServers: openLockServers(lockUrlsForTest(), schemaOf(url)),
    tickets,
    bank: bank.client,
    partners: bank.partnersClient,
    chaos: noChaos,
    observer: silentObserver,
    orderTtlSeconds: 900,
  }
}

/** @returns makes a client, as each process has its own, of one ticket server */
function ticketServerInProcess(): () => TicketClient {
  const { lease } = memoryMarks(ticketRange.first)
  const app = createTicketsApp(new Sequences({ lease }))
  const send = async (url: string, init: RequestInit) => app.request(url, init)
  return () => createTicketClient({ url: 'http://tickets.test', send })
}

function observing({ connections }: Services) {
  const query = <Row extends object>(statement: SQL) => connections.rows<Row>(statement)
  return {
    query,
    async isLocked(table: string, id: string) {
      const probe = sql`select 1 from ${sql.identifier(table)} where id = ${id} for update nowait`
      try {
        await query(probe)
        return false
      } catch (error) {
        if (contentionOf(error)) return true
        throw error
      }
    },
    async endsOrWaits(work: Promise<unknown>) {
      let ended = false
      const end = () => {
        ended = true
      }
      work.then(end, end)
      let seen = new Map<string, number>()
      // A wait that passes by itself is none: of three looks in a row each must see it.
      const ask = async () => {
        const waits = await lockWaitsNow(query)
        seen = new Map(waits.map((wait) => [wait, (seen.get(wait) ?? 0) + 1]))
        const isWaiting = Math.max(0, ...seen.values()) >= 3
        return ended ? ('ends' as const) : isWaiting && ('waits' as const)
      }
      return await eventually('the work ends or waits for a lock', ask, { pollMs: 50 })
    },
    async cut({ db }: Site) {
      if (!db) return
      const [row] = await db.rows<{ id: string }>(sql`select connection_id() as id`)
      await query(sql`kill ${sql.raw(String(Number(row?.id)))}`)
    },
  }
}
