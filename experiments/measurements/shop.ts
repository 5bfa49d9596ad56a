import { mkdir } from 'node:fs/promises'
import { Registry } from 'prom-client'
import { auditShop } from '../../audit/audit.ts'
import { openReader } from '../../audit/reader.ts'
import { noChaos, type Services } from '../../server/ctx.ts'
import { createSchema, dropSchema } from '../../server/db/migrate.ts'
import { type SeedProfile, seed } from '../../server/db/seed.ts'
import { parseDesign } from '../../server/designs/design.ts'
import type { FlowCtx } from '../../server/designs/flow-ctx.ts'
import { OpenedOptions } from '../../server/designs/opened-options.ts'
import { placeOrder } from '../../server/flows/place-order.ts'
import { closeServices, openServices } from '../../server/services.ts'
import { ArmProcesses, type ShopUrls } from '../run/arm-processes.ts'
import { closedLoop, type LoopResult } from '../run/closed-loop.ts'
import { deadlocksOf } from '../run/contention.ts'
import { LockWatch } from '../run/lock-watch.ts'
import type { Locks } from '../run/locks.ts'
import type { TestBed } from '../run/test-bed.ts'
import type { Benchmark, Figure } from './measurement.ts'
import type { Advance } from './turns.ts'

/** A shop in this process on a schema of its own, which is asked by its own interfaces. */
export interface InProcessShop {
  /** Where its servers are, for a process beside it. */
  urls: ShopUrls
  services: Services
  options: OpenedOptions
  ctx(design: string): FlowCtx
  /** What an audit of the schema finds, a line each; nothing may be under way. */
  audit(): Promise<string[]>
  /** A closed loop, the deadlocks that InnoDB counted during it, and its row locks. */
  contendedLoop(...loop: Parameters<typeof closedLoop>): Promise<ContendedLoop>
}

export interface ContendedLoop extends LoopResult {
  deadlocks: number
  startedMs: number
  locks: Locks | undefined
}

/** A loop is too short for the usual looks at its locks. */
const lookEveryMs = 150

interface ShopOptions {
  profile?: SeedProfile
  /** A design whose servers are there; `after` if absent. */
  design?: string
  /** Statements that can be at the database at once. */
  poolConnections?: number
}

/**
 * Works with a shop that has a ticket server and a bank of its own, and closes it; nothing is
 * metered.
 */
export async function withShop<Result>(
  testBed: TestBed,
  { profile, design = 'after', poolConnections = 16 }: ShopOptions,
  work: (shop: InProcessShop) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, schemaPrefix } = testBed.databases
  const name = `bench-${++shops}`
  const schema = `${schemaPrefix}${name.replace('-', '_')}`
  const url = await createSchema(databaseUrl, schema)
  await seed(url, profile)
  await mkdir(testBed.session.dataPath(name), { recursive: true })
  const processes = new ArmProcesses(testBed, { name: 'bench', design }, name)
  const { tickets, bank, urls } = await processes.allOrNone(() => processes.backends(url))
  const config = {
    ...urls,
    REDLOCK_URLS: urls.REDLOCK_URLS?.split(','),
    STAMPEDE_ORDER_TTL_SECONDS: 900,
    STAMPEDE_METRICS: 'off' as const,
  }
  const services = openServices(config, new Registry(), noChaos, poolConnections)
  const options = new OpenedOptions(services)
  const reader = openReader(url)
  try {
    return await work({
      urls,
      services,
      options,
      ctx: (design) => options.ctx(parseDesign(design), 'bench'),
      audit: () => auditShop(reader),
      async contendedLoop(...loop) {
        const before = await deadlocksOf(reader)
        const startedMs = Date.now()
        const watch = new LockWatch(reader, lookEveryMs)
        const result = await closedLoop(...loop).finally(() => watch.stop())
        const locks = await watch.stop()
        return { ...result, startedMs, locks, deadlocks: (await deadlocksOf(reader)) - before }
      },
    })
  } finally {
    await reader.end()
    await options.close()
    await closeServices(services)
    await Promise.all([tickets.stop(), bank.stop()])
    await dropSchema(databaseUrl, schema)
  }
}

let shops = 0

let orders = 0

/** A new order of one unit each of these options. @param payment none = it is not paid */
export const orderOf = (
  ctx: FlowCtx,
  user: number,
  options: readonly number[],
  payment?: { method: 'balance' },
) =>
  placeOrder(ctx, {
    userId: String(user),
    idempotencyKey: `measure-${++orders}`,
    items: options.map((id) => ({ optionId: String(id), quantity: 1 })),
    ...(payment ? { payment } : {}),
  })

/** A benchmark that works with such a shop. */
export const inShop =
  (
    options: ShopOptions,
    measure: (shop: InProcessShop, advance: Advance) => Promise<Figure[]>,
  ): Benchmark =>
  async (experiment, advance) =>
    await withShop(await experiment.testBed(), options, (shop) => measure(shop, advance))
