import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Pool } from 'mysql2/promise'
import { openReader } from '../../audit/reader.ts'
import { type ServerChild, startServer } from '../../lab/processes/child.ts'
import { createSchema, dropSchema } from '../../server/db/migrate.ts'
import { defaultSeedProfile, seed } from '../../server/db/seed.ts'
import type { ArmSpec } from './result.ts'
import type { TestBed } from './test-bed.ts'

/** What a card authorisation takes on a good day; with it a payment is 150 ms at best. */
const bankLatencyMs = 150

const root = resolve(import.meta.dir, '../..')

/**
 * One design with everything it needs: its own schema, ticket server, bank, API server and worker.
 */
export interface RunningArm {
  spec: ArmSpec
  schema: string
  /** `pid` is null where the process is in a container. */
  api: { url: string; pid: number | null }
  /** Absent where it cannot be reached. */
  worker?: { url: string }
  bank: { url: string }
  /** Reads the arm's schema; BIGINT come as strings. */
  db: Pool
  users: number
  close(): Promise<void>
}

/** An arm whose processes are ours. */
export interface PrivateArm extends RunningArm {
  api: ServerChild
  worker: ServerChild
  tickets: ServerChild
  bank: ServerChild
  /** mysql://…/schema of the arm. */
  databaseUrl: string
  /** `kill -9` and a start on the same port: what a crash in mid-sale is. */
  crash(part: 'api' | 'worker'): Promise<void>
}

/** Starts an arm on a freshly seeded schema. Names must be unique among the arms that are up. */
export async function openArm(testBed: TestBed, spec: ArmSpec, name: string): Promise<PrivateArm> {
  const schema = `${testBed.databases.schemaPrefix}${name.replaceAll('-', '_')}`
  const url = await createSchema(testBed.databases.databaseUrl, schema)
  await seed(url, testBed.profile)
  const folder = testBed.session.dataPath(name)
  await mkdir(folder, { recursive: true })
  const start = starter(testBed, spec, name, folder)
  const { tickets, bank, api, worker, shop } = await startAll(
    start,
    url,
    testBed.databases.redisUrl,
  )
  const db = openReader(url)
  const arm: PrivateArm = {
    spec,
    schema,
    api,
    worker,
    tickets,
    bank,
    databaseUrl: url,
    db,
    users: (testBed.profile ?? defaultSeedProfile).users,
    async crash(part) {
      const { port } = arm[part]
      await arm[part].kill9()
      arm[part] = await start[part](shop, port)
    },
    async close() {
      await Promise.all([arm.api.stop(), arm.worker.stop()])
      await Promise.all([tickets.stop(), bank.stop(), db.end()])
      await dropSchema(testBed.databases.databaseUrl, schema)
      await rm(folder, { recursive: true, force: true })
    },
  }
  return arm
}

type ShopUrls = Record<'DATABASE_URL' | 'REDIS_URL' | 'TICKETS_URL' | 'BANK_URL', string>

/** Starts the processes of one arm, one by one. */
export function starter(testBed: TestBed, spec: ArmSpec, name: string, folder: string) {
  const begun: Promise<ServerChild>[] = []
  const start = (role: string, entry: string, environment: Record<string, string>) => {
    const child = startServer(testBed.session, {
      name: `${name}-${role}`,
      command: [process.execPath, join(root, 'server', entry)],
      environment,
    })
    begun.push(child)
    return child
  }
  const design = { STAMPEDE_ARM: spec.name, STAMPEDE_DESIGN: spec.design }
  return {
    /** Of the shop on this schema. */
    tickets: (databaseUrl: string) =>
      start('tickets', 'tickets/main.ts', { DATABASE_URL: databaseUrl }),
    bank: () =>
      start('bank', 'bank/main.ts', {
        BANK_FILE: join(folder, 'bank.sqlite'),
        BANK_LATENCY_MS: String(bankLatencyMs),
      }),
    api: (shop: ShopUrls, port: number) =>
      start('api', 'main.ts', {
        ...shop,
        ...design,
        STAMPEDE_PORT: String(port),
        CHAOS_TOKEN: testBed.chaosToken,
      }),
    worker: (shop: ShopUrls, port: number) =>
      start('worker', 'worker/main.ts', {
        ...shop,
        ...design,
        STAMPEDE_PORT: String(port),
        SLACK_WEBHOOK_URL: `${shop.BANK_URL}/partners/slack`,
      }),
    /** Ends what is up of them and what still comes up. */
    async stopAll() {
      const ends = (await Promise.allSettled(begun)).map(
        (start) => start.status === 'fulfilled' && start.value.stop(),
      )
      await Promise.allSettled(ends)
    },
  }
}

/** @throws what kept one of them from starting, once none of the others is up either */
async function startAll(start: ReturnType<typeof starter>, databaseUrl: string, redisUrl: string) {
  try {
    const [tickets, bank] = await Promise.all([start.tickets(databaseUrl), start.bank()])
    const shop = {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      TICKETS_URL: tickets.url,
      BANK_URL: bank.url,
    }
    const [api, worker] = await Promise.all([start.api(shop, 0), start.worker(shop, 0)])
    return { tickets, bank, api, worker, shop }
  } catch (error) {
    await start.stopAll()
    throw error
  }
}
