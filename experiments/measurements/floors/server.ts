import { join } from 'node:path'
import { startServer } from '../../../lab/processes/child.ts'
import { blackhole } from '../blackhole.ts'
import type { Benchmark } from '../measurement.ts'
import { answersPerCpuSecond } from '../raw-http.ts'
import { interleaved } from '../turns.ts'

const root = join(import.meta.dir, '../../..')
const rounds = 12
const roundMs = 700
const floor = 0.85

/**
 * Requests per processor second: the shop’s cheapest route ÷ a bare Hono route. What design,
 * metrics, deadline and chaos hooks cost the cheapest route.
 */
export const server: Benchmark = async ({ session }, advance) => {
  const start = (name: string, entry: string, environment: Record<string, string>) =>
    startServer(session, { name, command: [process.execPath, join(root, entry)], environment })
  const shop = await start('bench-shop', 'server/main.ts', blackhole)
  const bare = await start('bench-bare', 'experiments/measurements/bare-hono.ts', {})
  const rate = (child: typeof shop) => () => answersPerCpuSecond(child, '/healthz', roundMs)
  await Promise.all([rate(shop)(), rate(bare)()])
  const { ratio } = await interleaved([rate(bare), rate(shop)], rounds, advance)
  await Promise.all([shop.stop(), bare.stop()])
  return [{ name: 'server', ...ratio, floor, better: 'higher', unit: 'ratio' }]
}
