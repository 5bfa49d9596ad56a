import { mkdir } from 'node:fs/promises'
import { Registry } from 'prom-client'
import { openReader } from '../../audit/reader.ts'
import { type Ctx, createCtx, noChaos, type Services } from '../../server/ctx.ts'
import { createSchema, dropSchema } from '../../server/db/migrate.ts'
import { type SeedProfile, seed } from '../../server/db/seed.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { closeServices, openServices } from '../../server/services.ts'
import { starter } from '../run/arm.ts'
import { deadlocksOf } from '../run/contention.ts'
import type { TestBed } from '../run/test-bed.ts'

/** A shop in this process on a schema of its own: what a benchmark asks by its own interfaces. */
export interface BenchShop {
  url: string
  /** Where everything is, for a process beside it. */
  settings: Record<'DATABASE_URL' | 'REDIS_URL' | 'TICKETS_URL' | 'BANK_URL', string>
  ticketsUrl: string
  services: Services
  ctx(design: string): Ctx
  /** InnoDB's own count since its start. */
  deadlocks(): Promise<number>
  close(): Promise<void>
}

/**
 * Opens a shop with a ticket server and a bank of its own; nothing is metered.
 * @param name of the schema, a-z and 0-9
 * @param poolConnections so many statements can be at the database at once
 */
export async function openBenchShop(
  testBed: TestBed,
  name: string,
  { profile, poolConnections = 16 }: { profile?: SeedProfile; poolConnections?: number } = {},
): Promise<BenchShop> {
  const schema = `${testBed.databases.schemaPrefix}bench_${name}`
  const url = await createSchema(testBed.databases.databaseUrl, schema)
  await seed(url, profile)
  const folder = testBed.session.dataPath(`bench-${name}`)
  await mkdir(folder, { recursive: true })
  const spec = { name: 'bench', design: 'after' }
  const start = starter(testBed, spec, `bench-${name}`, folder)
  const [tickets, bank] = await Promise.all([start.tickets(url), start.bank()]).catch(
    async (error: unknown) => {
      await start.stopAll()
      throw error
    },
  )
  const settings = {
    DATABASE_URL: url,
    REDIS_URL: testBed.databases.redisUrl,
    TICKETS_URL: tickets.url,
    BANK_URL: bank.url,
  }
  const config = {
    ...settings,
    STAMPEDE_ORDER_TTL_SECONDS: 900,
    STAMPEDE_METRICS: 'off' as const,
  }
  const services = openServices(config, new Registry(), noChaos, poolConnections)
  const reader = openReader(url)
  return {
    url,
    settings,
    ticketsUrl: tickets.url,
    services,
    ctx: (design) => createCtx(services, parseDesign(design), 'bench'),
    deadlocks: () => deadlocksOf(reader),
    async close() {
      await reader.end()
      await closeServices(services)
      await Promise.all([tickets.stop(), bank.stop()])
      await dropSchema(testBed.databases.databaseUrl, schema)
    },
  }
}
