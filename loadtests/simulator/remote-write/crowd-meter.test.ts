import { expect, test } from 'bun:test'
import { journeyOutcomes } from '../../crowd/history.ts'
import { CrowdMeter } from './crowd-meter.ts'
import { crowdMetrics } from './crowd-metrics.ts'

const journey = {
  index: 0,
  userId: '1',
  startedMs: 0,
  endedMs: 900,
  outcome: 'paid',
  checkoutMs: 500,
  attempts: 7,
  intents: 5,
} as const

test('has a series of every metric on its page, and of no other', async () => {
  const meter = new CrowdMeter({ run: 'r', arm: 'after' })
  meter.begun()
  const http = meter.metered({
    now: Date.now,
    pause: async () => {},
    send: async () => ({ status: 201 }),
  })
  await http.send({ name: 'order', method: 'POST', path: '/', headers: {}, timeoutMs: 1 } as never)
  meter.ended(journey)
  const series = meter.series()
  expect(new Set(series.map(({ name }) => name))).toEqual(
    new Set(Object.keys(crowdMetrics)) as never,
  )
  expect(series.every(({ labels }) => labels.run === 'r' && labels.arm === 'after')).toBe(true)
  const found = (name: string) => series.find((one) => one.name === name)?.value
  expect(found('k6_vus')).toBe(0)
  expect(found('k6_stampede_attempts_total')).toBe(7)
  expect(found('k6_stampede_checkout_seconds')).toMatchObject({ countInt: 1, sum: 0.5 })
  expect(series.find(({ name }) => name === 'k6_http_reqs_total')?.labels).toMatchObject({
    name: 'order',
    status: '201',
  })
})

test('counts journeys that are dropped and under way', () => {
  const meter = new CrowdMeter({})
  meter.begun()
  meter.dropped()
  const values = Object.fromEntries(meter.series().map(({ name, value }) => [name, value]))
  expect(values).toMatchObject({ k6_vus: 1, k6_dropped_iterations_total: 1 })
})

test('has each outcome at 0 before the first journey ends', () => {
  const series = new CrowdMeter({}).series()
  const ended = series.filter(({ name }) => name === 'k6_stampede_journeys_total')
  expect(ended.map(({ labels, value }) => [labels.outcome, value])).toEqual(
    journeyOutcomes.map((outcome) => [outcome, 0]),
  )
})
