import { createConnection } from 'mysql2/promise'
import { type Checkouts, type CheckoutWork, checkOut } from './clients.ts'
import { costOf, processesOf, readSpent, roleNames, type Spent } from './cost.ts'
import type { Shop } from './shop.ts'

/** One turn at one shop: what was paid, and what each paid order cost. */
export interface CheckoutTurn extends Checkouts {
  cost: Spent
  /** Of all processes of the shop, ms for each paid order; NaN where the system does not say. */
  processorMs: number
}

/** The shop's caches, its pool and its compiler are warm by then. */
const warmMs = 1000
const countedMs = 3000

/**
 * Lets clients check out for a few seconds, and reads what that costs.
 * @throws Error where no order was paid
 */
export async function checkoutTurn(shop: Shop, work: CheckoutWork): Promise<CheckoutTurn> {
  const db = await createConnection({ uri: shop.database, connectTimeout: 5000 })
  try {
    const processes = processesOf(shop)
    const read = () => readSpent(db, processes)
    const { readings, ...found } = await checkOut(shop, work, { warmMs, countedMs, read })
    if (found.paid === 0) throw new Error(`no order was paid: ${JSON.stringify(found.refused)}`)
    const cost = costOf(...readings, found.paid)
    const times = roleNames.flatMap((role) => cost.processorMs[role] ?? [])
    const sum = times.reduce((total, ms) => total + ms, 0)
    return { ...found, cost, processorMs: times.length > 0 ? sum : Number.NaN }
  } finally {
    await db.end()
  }
}
