import { mkdir } from 'node:fs/promises'
import type { Pool } from 'mysql2/promise'
import { openReader } from '../../audit/reader.ts'
import { createSchema, dropSchema } from '../../server/db/migrate.ts'
import { defaultSeedProfile, seed } from '../../server/db/seed.ts'
import { ArmProcesses } from '../run/arm-processes.ts'
import type { TestBed } from '../run/test-bed.ts'

/** A shop with a coupon gateway, to which partners come. */
export interface RushShop {
  gatewayUrl: string
  issuerUrl: string
  db: Pool
  close(): Promise<void>
}

interface RushShopOptions {
  partners: number
  /** Free numbers of the one product. */
  numbers: number
  /** Below it the worker makes numbers; 0 = it makes none. */
  lowWater: number
  /** Numbers that the worker makes. */
  madePerSecond: number
  /** Settings of the coupon gateway. */
  gateway: Record<string, string>
}

let shops = 0

/** Starts a shop on a schema of its own; the caller closes it. */
export async function openRushShop(
  testBed: TestBed,
  { partners, numbers, lowWater, madePerSecond, gateway: retries }: RushShopOptions,
): Promise<RushShop> {
  const name = `rush-${++shops}`
  const { databaseUrl, schemaPrefix } = testBed.databases
  const schema = `${schemaPrefix}${name.replace('-', '_')}`
  const url = await createSchema(databaseUrl, schema)
  const coupons = { partners, quota: 1_000_000, products: 1, numbers, lowWater }
  await seed(url, { ...defaultSeedProfile, popularDays: 1, coupons })
  await mkdir(testBed.session.dataPath(name), { recursive: true })
  const design = 'after,admission=open'
  const processes = new ArmProcesses(testBed, { name: 'rush', design }, name)
  const { started, issuer, gateway } = await processes.allOrNone(async () => {
    const { tickets, bank, urls } = await processes.backends(url)
    const settings = { STAMPEDE_COUPON_NUMBERS_PER_SECOND: String(madePerSecond) }
    const worker = await processes.worker(urls, settings)
    const issuer = await processes.api(urls)
    const gateway = await processes.couponGateway(issuer.url, retries)
    return { started: [gateway, issuer, worker, tickets, bank], issuer, gateway }
  })
  const db = openReader(url)
  return {
    gatewayUrl: gateway.url,
    issuerUrl: issuer.url,
    db,
    async close() {
      await db.end()
      await Promise.all(started.map((child) => child.stop()))
      await dropSchema(databaseUrl, schema)
    },
  }
}
