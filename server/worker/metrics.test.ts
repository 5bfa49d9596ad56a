import { expect, test } from 'bun:test'
import { Registry } from 'prom-client'
import { registerEffectMetrics, registerWorkerMetrics, type WorkerState } from './metrics.ts'

const backlog = {
  outboxPending: 3,
  outboxOldestSeconds: 1.5,
  queueJobs: { waiting: 2 },
  dispatches: { waiting: 7 },
  openSagas: { running: 1 },
  stuckSagas: 1,
  intakesWaiting: 7,
  intakesOldestSeconds: 3,
  couponPools: [{ productId: '1', free: 9, lowWater: 5 }],
  sequences: [
    {
      ...{ sequence: 'orders' as const, counter: 'row' as const },
      ...{ value: 93, isRetired: true, sinceRetired: 3 },
    },
  ],
}

const loop = {
  name: 'relay',
  wake() {},
  stop: async () => {},
  ageMs: () => 2500,
  isLate: () => false,
}

function open(readAtMs: number | undefined): Promise<string> {
  const registry = new Registry()
  const state: WorkerState = {
    effects: { done: 7, retried: 0, dead: 0 },
    sagasRecovered: 0,
    couponNumbersMade: 0,
    backlog: readAtMs === undefined ? undefined : { ...backlog, readAtMs },
  }
  registerWorkerMetrics(registry, state, () => [loop])
  return registry.metrics()
}

test('shows the backlog as it was last read', async () => {
  const text = await open(performance.now())
  expect(text).toContain('stampede_outbox_pending 3')
  expect(text).toContain('stampede_outbox_oldest_seconds 1.5')
  expect(text).toContain('stampede_queue_jobs{state="waiting"} 2')
  expect(text).toContain('stampede_sagas_open{status="running"} 1')
  expect(text).toContain('stampede_sagas_stuck 1')
  expect(text).toContain('stampede_coupon_numbers_free{product="1"} 9')
  expect(text).toContain('stampede_coupon_numbers_low_water{product="1"} 5')
  const row = '{sequence="orders",counter="row"}'
  expect(text).toContain(`stampede_sequence_value${row} 93`)
  expect(text).toContain(`stampede_sequence_retired${row} 1`)
  expect(text).toContain(`stampede_sequence_ids_since_retired${row} 3`)
  expect(text).toContain('stampede_loop_age_seconds{loop="relay"} 2.5')
})

test.each([undefined, performance.now() - 60_000])(
  'a reading that is missing or old is no reading: no series (%p)',
  async (readAtMs) => {
    const text = await open(readAtMs)
    expect(text).toContain('stampede_effects_done_total 7')
    expect(text).not.toMatch(/^stampede_(outbox|queue|sagas_open|sagas_stuck)/m)
  },
)

test('effects are timed by handlers that there are', async () => {
  const registry = new Registry()
  const { took, lagged } = registerEffectMetrics(registry)
  took('messages', 30)
  took('made-up', 30)
  lagged('messages', 4)
  lagged('made-up', 4)
  const text = await registry.metrics()
  expect(text).toContain('stampede_effect_duration_seconds_sum{handler="messages"} 0.03')
  expect(text).toContain('stampede_effect_lag_seconds_sum{handler="messages"} 0.004')
  expect(text).not.toContain('made-up')
})
