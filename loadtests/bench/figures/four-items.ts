import { type SQL, sql } from 'drizzle-orm'
import { defaultStockroom } from '../../../server/db/seed.ts'
import { rowsOf } from '../../../server/db/statements.ts'
import { Problem } from '../../../server/errors.ts'
import { placeOrder } from '../../../server/flows/place-order.ts'
import { percentile } from '../../rehearse/statistics.ts'
import type { Benchmark, Figure } from '../figure.ts'
import { interleaved } from '../interleave.ts'
import { type BenchShop, openBenchShop } from '../shop.ts'

const buyers = 64
const products = 50
const itemsEach = 4
const rounds = 8
const roundMs = 1500
const warmUpMs = 500

const designOf = (shape: string) =>
  `ids=ticket-server,transaction=${shape},stock=conditional-update,effects=outbox`

const careless = 'one-big'
const atomic = ['sorted', 'single-statement'] as const

/** What the order of the locks costs: only the shape differs between the arms. */
export const fourItems: Benchmark = {
  name: 'four-items',
  summary:
    'orders of 4 items out of 50 products in any order, 64 buyers at once: orders per second, ' +
    'the better of sorted and single-statement ÷ one-big',
  async measure(rig, advance) {
    const shop = await openBenchShop(await rig.servers(), 'fouritems', {
      stockroom: {
        ...defaultStockroom,
        popularDays: 0,
        ...{ users: 1000, balanceMinor: 0, products, hotOptions: products, kinds: [] },
        ...{ stock: 100_000_000, limitedOptionId: 2 * products, limitedStock: 1 },
      },
      poolConnections: buyers,
    })
    try {
      const arms = new Map([careless, ...atomic].map((shape) => [shape, armOf(shop, shape)]))
      for (const arm of arms.values()) await arm.measure(warmUpMs)
      const best = await betterOf(arms)
      return await figuresOf(arms, best, advance)
    } finally {
      await shop.close()
    }
  },
}

interface Arm {
  shape: string
  /** InnoDB's own count, over all turns. */
  deadlocks: number
  refused: number
  /** @returns orders placed per second */
  measure(durationMs: number): Promise<number>
}

function armOf(shop: BenchShop, shape: string): Arm {
  const ctx = shop.ctx(designOf(shape))
  let keys = 0
  const arm: Arm = {
    shape,
    deadlocks: 0,
    refused: 0,
    async measure(durationMs) {
      const before = await deadlocksOf(shop)
      const startedMs = performance.now()
      let placed = 0
      const buy = async (buyer: number) => {
        while (performance.now() - startedMs < durationMs) {
          const idempotencyKey = `${shape}-${++keys}`
          const request = { userId: String(buyer + 1), idempotencyKey, items: anyItems() }
          if (await isPlaced(() => placeOrder(ctx, request))) placed += 1
          else arm.refused += 1
        }
      }
      await Promise.all(Array.from({ length: buyers }, (_, buyer) => buy(buyer)))
      const seconds = (performance.now() - startedMs) / 1000
      arm.deadlocks += (await deadlocksOf(shop)) - before
      return placed / seconds
    },
  }
  return arm
}

/** Four different products, each as likely as the others, in an order of the buyer's own. */
function anyItems() {
  const wanted = new Set<number>()
  while (wanted.size < itemsEach) wanted.add(1 + Math.floor(Math.random() * products))
  return [...wanted].map((id) => ({ optionId: String(id), quantity: 1 }))
}

async function isPlaced(place: () => Promise<unknown>): Promise<boolean> {
  try {
    await place()
    return true
  } catch (error) {
    if (error instanceof Problem && error.code === 'lock-contention') return false
    throw error
  }
}

async function deadlocksOf({ parts }: BenchShop): Promise<number> {
  const [row] = await parts.side.use((db) => rowsOf<{ count: string }>(db, deadlockCount))
  return Number(row?.count ?? Number.NaN)
}

const deadlockCount: SQL = sql`select variable_value as count
  from information_schema.global_status where variable_name = 'Innodb_deadlocks'`

/** One look at each beforehand tells which of the two is measured in turn with the careless one. */
async function betterOf(arms: Map<string, Arm>): Promise<Arm> {
  let best: { arm: Arm; rate: number } | undefined
  for (const shape of atomic) {
    const arm = arms.get(shape)
    if (!arm) continue
    const rate = await arm.measure(roundMs)
    if (!best || rate > best.rate) best = { arm, rate }
  }
  if (!best) throw new Error('there is no atomic shape')
  return best.arm
}

async function figuresOf(
  arms: Map<string, Arm>,
  best: Arm,
  advance: (fraction: number) => void,
): Promise<Figure[]> {
  const one = arms.get(careless)
  if (!one) throw new Error(`there is no ${careless}`)
  const turn = (arm: Arm) => () => arm.measure(roundMs)
  const { ratio, a, b } = await interleaved([turn(one), turn(best)], rounds, advance)
  const rate = (figures: number[]) => percentile(figures, 0.5).toFixed(0)
  const told = (arm: Arm) => `${arm.deadlocks} deadlocks, ${arm.refused} orders refused`
  const others = [...arms.values()].filter((arm) => arm !== one)
  return [
    {
      ...{ name: 'four-items', ...ratio, floor: 5, aim: 15, better: 'higher', unit: '×' },
      note:
        `${one.shape} ${rate(a)} orders/s (${told(one)}), ` +
        `${best.shape} ${rate(b)} orders/s (${told(best)})`,
    },
    deadlockFigure(others),
  ]
}

function deadlockFigure(arms: Arm[]): Figure {
  const value = arms.reduce((sum, { deadlocks }) => sum + deadlocks, 0)
  const { low, high } = { low: value, high: value }
  const note = `in ${arms.map(({ shape }) => shape).join(' and ')} together`
  return {
    ...{ name: 'four-items-deadlocks', value, low, high, floor: 0, better: 'lower', note },
    unit: 'deadlocks in all turns',
  }
}
