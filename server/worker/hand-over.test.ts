import { expect, spyOn, test } from 'bun:test'
import type { Queue } from 'bullmq'
import { type Chaos, type EffectTry, noChaos } from '../ctx.ts'
import { effectsOf } from '../designs/effects/handlers.ts'
import { eventually, within } from '../testing/barrier.ts'
import { silentEffectMeter } from './effects.ts'
import { createHandOver, firstTriesMax } from './hand-over.ts'
import type { EffectJob } from './queue.ts'

/** A hand-over whose effects end when the test says so, and whose queue is away. */
function open(
  chaos: Chaos = noChaos,
  deliver = async (_sink: string, _eventId: string): Promise<void> => {},
) {
  const gate = Promise.withResolvers<void>()
  const delivered: string[] = []
  let requests = 0
  const deliverAll = async (_sink: string, events: { eventId: string }[]) => {
    await gate.promise
    requests += 1
    const ids = events.map(({ eventId }) => eventId)
    delivered.push(...ids)
    return new Set(ids)
  }
  const transaction = async (work: (db: object) => unknown) => work({ later: () => {} })
  const partners = { deliverAll, deliver }
  const connections = { transaction, change: async () => 1 }
  const services = { connections, partners, slackWebhookUrl: undefined } as never
  const counts = { done: 0, retried: 0, dead: 0 }
  let asked = 0
  const addBulk = async () => {
    asked += 1
    throw new Error('Command timed out')
  }
  const queue = { addBulk } as unknown as Queue<EffectJob>
  const handOver = createHandOver({ services, counts, meter: silentEffectMeter, chaos }, queue)
  return { gate, delivered, handOver, counts, asked: () => asked, requests: () => requests }
}

const jobsOf = (eventId: string): EffectJob[] =>
  effectsOf(eventId, { type: 'order.paid' })
    .filter(({ handler }) => handler !== 'best-sellers')
    .map((effect) => ({ ...effect, writtenAtMs: 0, isLate: false, triesBefore: 0 }))

test('effects are begun without the queue, the whole of an event or nothing of it', async () => {
  const { gate, delivered, handOver } = open()
  const events = Array.from({ length: firstTriesMax }, (_, index) => `event-${index}`)
  const begun = events.filter((event) => handOver.begin(jobsOf(event)))
  expect(begun).toEqual(events.slice(0, firstTriesMax / 2))
  gate.resolve()
  await handOver.drain()
  expect(delivered).toHaveLength(firstTriesMax)
})

test('what waits for one partner goes there together', async () => {
  const { gate, delivered, handOver, requests } = open()
  for (let turn = 0; turn < 3; turn += 1) {
    for (const event of ['a', 'b', 'c']) handOver.begin(jobsOf(`${event}-${turn}`))
    await Promise.resolve()
  }
  gate.resolve()
  await handOver.drain()
  expect(delivered).toHaveLength(18)
  // Two batches of each partner under way, and one of those who came meanwhile.
  expect(requests()).toBeLessThanOrEqual(6)
})

test('a queue that is away is asked once, then the next wait for room', async () => {
  using _log = spyOn(console, 'error').mockImplementation(() => {})
  const { gate, handOver, asked } = open()
  while (handOver.begin(jobsOf('first')));
  expect(await handOver.queue(jobsOf('later'))).toBe(false)
  const waiting = handOver.queue(jobsOf('later'))
  gate.resolve()
  expect(await within(waiting, 'room')).toBe(false)
  expect(asked()).toBe(1)
  await eventually('room', async () => handOver.begin(jobsOf('later')))
  await handOver.drain()
})

test('first tries that a fault makes fail reach no partner, and are queued', async () => {
  using _log = spyOn(console, 'error').mockImplementation(() => {})
  const failing = jobsOf('a')[0]?.handler ?? ''
  const chaos = { ...noChaos, effectFails: ({ handler }: EffectTry) => handler === failing }
  const { gate, delivered, handOver, counts, asked } = open(chaos)
  gate.resolve()
  for (const event of ['a', 'b', 'c']) handOver.begin(jobsOf(event))
  await handOver.drain()
  expect(counts).toEqual({ done: delivered.length, retried: 3, dead: 0 })
  expect(asked()).toBeGreaterThan(0)
})

test('effects that a fault repeats reach their partner twice, and are done once', async () => {
  const delivered: string[] = []
  const twice = jobsOf('a')[0]?.handler ?? ''
  const chaos = { ...noChaos, effectRepeats: ({ handler }: EffectTry) => handler === twice }
  const one = open(chaos, async (sink, eventId) => void delivered.push(`${sink} ${eventId}`))
  one.gate.resolve()
  for (const event of ['a', 'b']) one.handOver.begin(jobsOf(event))
  await one.handOver.drain()
  expect(delivered).toEqual([`${twice} a`, `${twice} b`])
  expect(one.counts).toEqual({ done: one.delivered.length, retried: 0, dead: 0 })
})

test('a repeat that fails leaves its effect done', async () => {
  using log = spyOn(console, 'error').mockImplementation(() => {})
  const one = open({ ...noChaos, effectRepeats: () => true }, () => Promise.reject(new Error('no')))
  one.gate.resolve()
  one.handOver.begin(jobsOf('a'))
  await one.handOver.drain()
  expect(one.counts).toEqual({ done: one.delivered.length, retried: 0, dead: 0 })
  expect(one.asked()).toBe(0)
  expect(log).toHaveBeenCalled()
})
