import { sql } from 'drizzle-orm'
import type { World } from './fixtures.ts'
import { card, outcomeOf } from './shopping.ts'
import { settleStock } from './stock-settling.ts'

export interface FlowCrowd {
  orders: number
  /** Orders under way at once; by default as many as the pool has connections. */
  atOnce?: number
  /** Units of each of the four wanted options; plenty by default. */
  units?: number
}

export interface CrowdReport {
  /** Orders by outcome: `pending`, `paid`, `cancelled`, or the code of a Problem. */
  outcomes: Record<string, number>
  /** What the audit finds once nothing is under way; empty = all is well. */
  findings: string[]
}

const hotOptions = 4

/**
 * Drives orders through the flow itself, many at once in this process: two of four hot options
 * each, in either order, one unit of each; every third is paid by card, every fifth cancelled.
 * Then ends what was interrupted, settles what is under way, and audits.
 * @param world left as it is, with the units set: `restock` puts those back
 */
export async function orderInCrowd(
  world: World,
  design: string,
  { orders, atOnce = world.services.connections.limits.connections, units = orders * 2 }: FlowCrowd,
): Promise<CrowdReport> {
  await world.query(sql`
    update product_options set stock = ${units}, initial_stock = ${units}
    where id <= ${hotOptions}`)
  const outcomes: Record<string, number> = {}
  let next = 0
  const buy = async () => {
    while (next < orders) {
      const outcome = await outcomeOf(orderOnce(world, design, next++))
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, buy))
  await world.recoverAll()
  await settleStock(world.options)
  return { outcomes, findings: await world.audit() }
}

async function orderOnce(world: World, design: string, turn: number): Promise<string> {
  const first = turn % hotOptions
  const second = (first + 1 + (turn % (hotOptions - 1))) % hotOptions
  const items = [first, second].map((index) => `1x${1 + index}`)
  const payment = turn % 3 === 0 ? card : undefined
  const userId = String(1 + (turn % 20))
  const { id, status } = await world.place(design, items, { userId, payment })
  if (turn % 5 !== 0 || status !== 'pending') return status
  await world.cancel(design, id)
  return 'cancelled'
}
