import type { Checker, Evidence } from '../checker.ts'
import { judged } from '../findings.ts'
import { journeysOf } from '../journeys.ts'
import { byId, isLive, itemsIn, ordersIn } from '../rows.ts'
import { select } from '../select.ts'

/**
 * What was sold beyond the stock may be cancelled in time for the audit. An order surely holds its
 * units from its answer until its cancelling began, so that no reading of the clocks makes a shop
 * oversell that did not; what was oversold for less than an answer's time is not seen.
 */
export const neverOversold: Checker = {
  name: 'never-oversold',
  promise:
    'At no moment did acknowledged orders hold more units of an option than it began with, not ' +
    'even such as were cancelled later.',
  needs: ['history'],
  exercise: {
    by: 'options of which customers held all units at a moment',
    count: async (evidence) =>
      (await mostHeld(evidence)).filter(({ stock, most }) => most >= stock).length,
  },
  check: async (evidence) =>
    judged(
      (await mostHeld(evidence)).flatMap(({ optionId, stock, most, atMs }) => {
        if (most <= stock) return []
        const at = new Date(atMs).toISOString()
        return [`option ${optionId} began with ${stock}, at ${at} customers held ${most}`]
      }),
    ),
}

/** The most units that customers held of an option, and when they first did. */
interface MostHeld {
  optionId: string
  stock: number
  most: number
  atMs: number
}

interface Change {
  optionId: string
  units: number
  atMs: number
}

async function mostHeld(evidence: Evidence): Promise<MostHeld[]> {
  const changes = Map.groupBy(await changesOf(evidence), ({ optionId }) => optionId)
  const options = await select(
    evidence.db,
    'select cast(id as char) as id, initial_stock as stock from product_options order by id',
  )
  return options.flatMap(({ id, stock }): MostHeld[] => {
    const optionId = String(id)
    const own = changes.get(optionId)
    return own ? [{ optionId, stock: Number(stock), ...highest(own) }] : []
  })
}

/** Of the same millisecond units were given back before others were taken. */
function highest(changes: readonly Change[]): { most: number; atMs: number } {
  let held = 0
  let top = { most: 0, atMs: 0 }
  for (const { units, atMs } of changes.toSorted((a, b) => a.atMs - b.atMs || a.units - b.units)) {
    held += units
    if (held > top.most) top = { most: held, atMs }
  }
  return top
}

async function changesOf(evidence: Evidence): Promise<Change[]> {
  const orders = byId(await ordersIn(evidence))
  const items = Map.groupBy(await itemsIn(evidence), ({ orderId }) => orderId)
  return journeysOf(evidence).flatMap(({ order }) => {
    const row = order?.outcome === 'ok' && order.id !== undefined ? orders.get(order.id) : undefined
    if (!row || !order) return []
    const fromMs = order.doneMs
    const toMs = isLive(row) ? Infinity : (row.cancelledAtMs ?? fromMs)
    const taken = (items.get(row.id) ?? []).filter(({ units }) => units > 0 && toMs > fromMs)
    return taken.flatMap(({ optionId, units }): Change[] => [
      { optionId, units, atMs: fromMs },
      { optionId, units: -units, atMs: toMs },
    ])
  })
}
