import type { BenchShop } from '../shop.ts'

const concurrencies = [4, 16]
const probeMs = 400

/**
 * The old way at its best: one id per transaction from the sequence table, at the better of two
 * concurrencies.
 * @returns measures ids per second over `durationMs`
 */
export async function tableIds(shop: BenchShop): Promise<(durationMs: number) => Promise<number>> {
  await idsPerSecond(shop, 16, probeMs)
  const rates: [concurrency: number, rate: number][] = []
  for (const concurrency of concurrencies) {
    rates.push([concurrency, await idsPerSecond(shop, concurrency, probeMs)])
  }
  const [[best] = [16]] = rates.toSorted(([, a], [, b]) => b - a)
  return (durationMs) => idsPerSecond(shop, best, durationMs)
}

async function idsPerSecond(shop: BenchShop, concurrency: number, durationMs: number) {
  const ctx = shop.ctx('ids=sequence-table')
  const startedMs = performance.now()
  let taken = 0
  const caller = async () => {
    while (performance.now() - startedMs < durationMs) {
      await ctx.connections.transaction((db) => ctx.design.ids.take(ctx, db, 'orders', 1))
      taken += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, caller))
  return (taken / (performance.now() - startedMs)) * 1000
}
