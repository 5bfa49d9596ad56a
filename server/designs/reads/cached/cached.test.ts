import { expect, test } from 'bun:test'
import type { StepCtx } from '../../step-ctx.ts'
import type { Cache, CachedAnswer } from './cache.ts'
import { CachedReads } from './cached.ts'

const dayMs = 24 * 3600 * 1000
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)

/** A cache that has every day, and no range; a database that knows no names. */
function readsOfDays() {
  const cache = {
    read: (answer: CachedAnswer) => answer.make(),
    fresh: async ({ key }: CachedAnswer) => `[["1",${Number(key.slice(-2))}]]`,
  }
  const connections = {
    use: (work: (db: object) => Promise<unknown>) => work({ rows: async () => [] }),
  }
  return {
    reads: new CachedReads(cache as unknown as Cache),
    ctx: { connections } as unknown as StepCtx,
  }
}

/** Turns of the event loop that others have until the work is done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isDone = false
  const next = () => {
    turns += 1
    if (!isDone) setImmediate(next)
  }
  setImmediate(next)
  await work()
  isDone = true
  return turns
}

test('three months are parsed a few days at a time, once for all ranges', async () => {
  const { reads, ctx } = readsOfDays()
  const range = (from: number, limit: number) => ({ from: daysAgo(from), to: daysAgo(1), limit })
  const turns = await turnsDuring(() => reads.popular(ctx, range(91, 10)))
  expect(turns).toBeGreaterThanOrEqual(22)
  for (let from = 1; from <= 91; from += 1) await reads.popular(ctx, range(from, from))
  expect(reads.days.parsed).toBe(91)
})
