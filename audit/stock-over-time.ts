import { askedJourneys } from './asked-journeys.ts'
import type { Evidence } from './checker.ts'
import { clockSlackMs, DemandOverTime, orderRequests, unitsHeldMax, withGifts } from './demand.ts'
import { crowdsOf, journeysOf } from './journeys.ts'
import { byId, isLive, itemsIn, type OptionRow, optionsIn, ordersIn } from './rows.ts'

/** Units that were never given back, since an answer that acknowledged them. */
interface Taken {
  units: number
  sinceMs: number
}

/**
 * Bounds of what was left of each option, moment by moment. The database has no time at which stock
 * is taken; the clients have one before it and, of acknowledged orders, one after it.
 */
export class StockOverTime {
  readonly #taken: ReadonlyMap<string, readonly Taken[]>
  readonly #demand: DemandOverTime

  constructor(taken: ReadonlyMap<string, readonly Taken[]>, demand: DemandOverTime) {
    this.#taken = taken
    this.#demand = demand
  }

  /** At most so many were left at a moment: without those acknowledged by then. */
  mostLeft({ id, stock }: OptionRow, atMs: number): number {
    const surelyBefore = atMs - clockSlackMs
    return (this.#taken.get(id) ?? []).reduce(
      (left, { units, sinceMs }) => (sinceMs <= surelyBefore ? left - units : left),
      stock,
    )
  }

  /** At least so many were left until a moment. Call with moments in ascending order. */
  leastLeft(option: OptionRow, untilMs: number): number {
    const demand = this.#demand.until(untilMs).get(option.id)
    return demand ? option.stock - unitsHeldMax(option, demand) : option.stock
  }
}

export async function stockOverTime(evidence: Evidence): Promise<StockOverTime> {
  const options = byId(await optionsIn(evidence))
  const live = byId((await ordersIn(evidence)).filter(isLive))
  const items = Map.groupBy(await itemsIn(evidence), ({ orderId }) => orderId)
  const taken = journeysOf(evidence).flatMap(({ order }) => {
    if (order?.outcome !== 'ok' || order.id === undefined || !live.has(order.id)) return []
    const sinceMs = order.doneMs
    return (items.get(order.id) ?? []).map(({ optionId, units }) => ({ optionId, units, sinceMs }))
  })
  const requests = crowdsOf(evidence).flatMap((crowd) => orderRequests(askedJourneys(crowd)))
  return new StockOverTime(
    Map.groupBy(taken, ({ optionId }) => optionId),
    new DemandOverTime(requests.map((request) => withGifts(request, options))),
  )
}
