import { expect, spyOn, test } from 'bun:test'
import type { Queue } from 'bullmq'
import { effectsOf } from '../designs/effects/handlers.ts'
import { eventually, within } from '../testing/barrier.ts'
import { silentEffectMeter } from './effects.ts'
import { createHandOver } from './hand-over.ts'
import type { EffectJob } from './queue.ts'

/** A hand-over whose effects end when the test says so, and whose queue is away. */
function open() {
  const gate = Promise.withResolvers<void>()
  const delivered: string[] = []
  const deliver = async (_sink: string, eventId: string) => {
    await gate.promise
    delivered.push(eventId)
  }
  const connections = { use: async (work: (db: object) => unknown) => work({ change: () => 1 }) }
  const services = { connections, partners: { deliver }, slackWebhookUrl: undefined } as never
  const counts = { done: 0, retried: 0, dead: 0 }
  let asked = 0
  const addBulk = async () => {
    asked += 1
    throw new Error('Command timed out')
  }
  const queue = { addBulk } as unknown as Queue<EffectJob>
  const handOver = createHandOver({ services, counts, meter: silentEffectMeter }, queue)
  return { gate, delivered, handOver, asked: () => asked }
}

const jobsOf = (eventId: string): EffectJob[] =>
  effectsOf(eventId, { type: 'order.paid' })
    .filter(({ handler }) => handler !== 'best-sellers')
    .map((effect) => ({ ...effect, writtenAtMs: 0, isLate: false, triesBefore: 0 }))

test('effects are begun without the queue, the whole of an event or nothing of it', async () => {
  const { gate, delivered, handOver } = open()
  const events = Array.from({ length: 20 }, (_, index) => `event-${index}`)
  const begun = events.filter((event) => handOver.begin(jobsOf(event)))
  expect(begun).toEqual(events.slice(0, 16))
  gate.resolve()
  await handOver.drain()
  expect(delivered).toHaveLength(32)
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
