import { join } from 'node:path'
import { startServer } from '../../../lab/processes/child.ts'
import { ratioOf } from '../../judge/statistics.ts'
import type { Benchmark } from '../figure.ts'
import { nowhere } from './nowhere.ts'
import { answersPerCpuSecond } from './pound.ts'

const root = join(import.meta.dir, '../../..')
const rounds = 12
const roundMs = 700
const floor = 0.85

/** What design, metrics, deadline and chaos hooks cost the cheapest route. */
export const server: Benchmark = {
  name: 'server',
  summary: 'requests per processor second: the shop’s cheapest route ÷ a bare Hono route',
  async measure({ session }, advance) {
    const start = (name: string, entry: string, environment: Record<string, string>) =>
      startServer(session, { name, command: [process.execPath, join(root, entry)], environment })
    const shop = await start('bench-shop', 'server/main.ts', nowhere)
    const bare = await start('bench-bare', 'experiments/bench/figures/bare-hono.ts', {})
    const once = (child: typeof shop) => answersPerCpuSecond(child, '/healthz', roundMs)
    await Promise.all([once(shop), once(bare)])
    const ratios: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const first = round % 2 === 0 ? shop : bare
      const second = first === shop ? bare : shop
      const rates = new Map([[first, await once(first)]]).set(second, await once(second))
      ratios.push((rates.get(shop) ?? 0) / (rates.get(bare) ?? 1))
      advance((round + 1) / rounds)
    }
    await Promise.all([shop.stop(), bare.stop()])
    return [{ name: 'server', ...ratioOf(ratios, 1), floor, better: 'higher', unit: 'ratio' }]
  },
}
