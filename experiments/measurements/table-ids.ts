import { closedLoop } from '../run/closed-loop.ts'
import type { InProcessShop } from './shop.ts'

const concurrencies = [4, 16]
const probeMs = 400

/**
 * The old way at its best: one id per transaction from the sequence table, at the better of two
 * concurrencies.
 * @returns measures ids per second over `durationMs`
 */
export async function tableIds(
  shop: InProcessShop,
): Promise<(durationMs: number) => Promise<number>> {
  const ctx = shop.ctx('ids=sequence-table')
  const idsPerSecond = async (concurrency: number, durationMs: number) => {
    const take = () =>
      ctx.connections.transaction((db) => ctx.design.ids.take(ctx, db, 'orders', 1))
    return (await closedLoop(concurrency, durationMs, take)).perSecond
  }
  await idsPerSecond(16, probeMs)
  const rates: [concurrency: number, rate: number][] = []
  for (const concurrency of concurrencies) {
    rates.push([concurrency, await idsPerSecond(concurrency, probeMs)])
  }
  const [[best] = [16]] = rates.toSorted(([, a], [, b]) => b - a)
  return (durationMs) => idsPerSecond(best, durationMs)
}
