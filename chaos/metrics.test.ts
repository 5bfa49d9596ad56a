import { expect, test } from 'bun:test'
import { Registry } from 'prom-client'
import { registerMetrics } from '../server/metrics/register.ts'
import { createBoard } from './board.ts'
import { faults } from './faults.ts'
import { faultMetrics, faultReadings } from './metrics.ts'

test('every fault has whether it is on and how often it was injected', async () => {
  const clock = { ms: 0 }
  const board = createBoard(() => clock.ms)
  const registry = new Registry()
  registerMetrics(registry, faultMetrics, faultReadings(board))
  for (const name of Object.keys(faults)) {
    expect(await registry.metrics()).toContain(`stampede_fault_active{fault="${name}"} 0`)
  }
  board.put('retry-storm', { ttlSeconds: 10 })
  for (let turn = 0; turn < 3; turn += 1) board.clientPolicy('users.read')
  expect(await registry.metrics()).toContain('stampede_fault_active{fault="retry-storm"} 1')
  expect(await registry.metrics()).toContain('stampede_fault_injected_total{fault="retry-storm"} 3')
  clock.ms = 10_000
  expect(await registry.metrics()).toContain('stampede_fault_active{fault="retry-storm"} 0')
  expect(await registry.metrics()).toContain('stampede_fault_injected_total{fault="retry-storm"} 3')
})
