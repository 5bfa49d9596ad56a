import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import { median } from 'simple-statistics'
import { dropSchema } from '../../../server/db/migrate.ts'
import type { ShadowWrites } from '../../../server/designs/flags/flags.ts'
import { schemaOf } from '../../../server/redis.ts'
import { ShopClient } from '../../canary/shop-client.ts'
import { estimate } from '../../judge/inference.ts'
import { ArmProcesses } from '../../run/arm-processes.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { withShop } from '../shop.ts'
import { inTurns, quotients } from '../turns.ts'
import { afterMs, answerTimes, placeOrder, pooledP99, profile, rounds } from './shadow.ts'

const option = 'conditional-update'
const shadow = { option: 'row-lock', percent: 100 }
const requestsPerSecond = 30
/** Few, so that each order wants a row that the shadow of another one may hold. */
const optionsBought = 2
const sides = ['shadow-tables', 'rolled-back'] as const satisfies ShadowWrites[]

interface Round {
  answersMs: number[]
  /** Row locks that were waited for, by any transaction of the server. */
  lockWaits: number
}

/**
 * What it does to customers that a shadow runs on the shop's own tables, where it is rolled back:
 * lock waits, which are counted, and p99 of orders of two hot items, all of which are compared.
 */
export const shadowRolledBack: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  return await withShop(testBed, { profile }, async ({ urls }) => {
    const design = `after,admission=open,transaction=sorted,stock=${option}`
    const api = await new ArmProcesses(testBed, { name: 'bench', design }, 'bench-locks').api(urls)
    const shop = new ShopClient(api.url, testBed.chaosToken, 'bench')
    const db = createPool({ uri: urls.DATABASE_URL, connectionLimit: 1 })
    const measure = async (writes: ShadowWrites): Promise<Round> => {
      await shop.flagOf('stock')
      await shop.set('stock', { option, reason: `bench: ${writes}`, shadow: { ...shadow, writes } })
      const before = await lockWaitsOf(db)
      const ask = (url: string) => placeOrder(url, optionsBought)
      const answersMs = await answerTimes(api, { requestsPerSecond, ask })
      await Bun.sleep(afterMs)
      return { answersMs, lockWaits: (await lockWaitsOf(db)) - before }
    }
    try {
      // The schema of the shadow is made, and every cache is filled.
      await measure('shadow-tables')
      return figuresOf(await inTurns(sides, rounds, measure, advance))
    } finally {
      await db.end()
      await api.stop()
      const schema = `${schemaOf(urls.DATABASE_URL)}_shadow`
      await dropSchema(testBed.databases.databaseUrl, schema)
    }
  })
}

async function lockWaitsOf(db: Pool): Promise<number> {
  const [[row]] = await db.query<RowDataPacket[]>("show global status like 'innodb_row_lock_waits'")
  return Number(row?.Value)
}

function figuresOf(rounds: Record<(typeof sides)[number], Round[]>): Figure[] {
  const of = (side: (typeof sides)[number]) => {
    const all = rounds[side]
    return {
      orders: all.reduce((sum, { answersMs }) => sum + answersMs.length, 0),
      waits: all.reduce((sum, { lockWaits }) => sum + lockWaits, 0),
      p99s: pooledP99(all.map(({ answersMs }) => answersMs)),
    }
  }
  const [tables, own] = [of('shadow-tables'), of('rolled-back')]
  const per1000 = ({ orders, waits }: typeof own) => (1000 * waits) / orders
  const value = per1000(tables)
  const ms = (figures: number[]) => `${median(figures).toFixed(1)} ms`
  const count = (figure: number) => Math.round(figure).toLocaleString('en')
  return [
    {
      ...{ name: 'shadow-lock-waits', value, low: value, high: value },
      ...{ floor: per1000(own) / 2, better: 'lower', unit: 'per 1,000 orders' },
      note:
        `lock waits where the shadow has tables of its own, against half of the ` +
        `${count(per1000(own))} where it is rolled back on the shop’s: customers wait for it there`,
    },
    {
      ...{ name: 'shadow-tables-p99', ...estimate(quotients(tables.p99s, own.p99s)) },
      ...{ floor: 1.25, aim: 1, better: 'lower', unit: 'ratio' },
      note:
        `p99 of orders, tables of its own ÷ rolled back, medians: ${ms(tables.p99s)} and ` +
        `${ms(own.p99s)}; every order runs twice more on either, and rows are copied to the first`,
    },
  ]
}
