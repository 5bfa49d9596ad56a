import { expect, test } from 'bun:test'
import type { Redis } from 'ioredis'
import type { Database } from '../../db/connections.ts'
import { createAfterwards } from './afterwards.ts'

const nobody = {} as never
const never = () => new Promise<never>(() => {})

function redisWith(publish: () => Promise<number>): Redis {
  return { publish } as unknown as Redis
}

test('all who ask while a message is on its way are told by one more', async () => {
  const answers: (() => void)[] = []
  const publish = () => new Promise<number>((resolve) => answers.push(() => resolve(1)))
  const services = { connections: nobody, partners: nobody, redis: redisWith(publish) }
  const { wakeRelay } = createAfterwards(services, 'channel')
  for (let index = 0; index < 10; index += 1) wakeRelay()
  expect(answers.length).toBe(1)
  answers[0]?.()
  await Bun.sleep(0)
  expect(answers.length).toBe(2)
  answers[1]?.()
  await Bun.sleep(0)
  expect(answers.length).toBe(2)
})

test('a message that Redis does not take is no error, and the next is sent', async () => {
  let sent = 0
  const publish = () => {
    sent += 1
    return Promise.reject(new Error('away'))
  }
  const services = { connections: nobody, partners: nobody, redis: redisWith(publish) }
  const { wakeRelay } = createAfterwards(services, 'channel')
  wakeRelay()
  await Bun.sleep(0)
  wakeRelay()
  expect(sent).toBe(2)
})

test('memory has an end: beyond it no event has room, and eight effects run at once', () => {
  let running = 0
  const deliver = () => {
    running += 1
    return never()
  }
  const connections = { use: never, transaction: (_: (db: Database) => unknown) => never() }
  const services = { connections, partners: { deliver }, redis: redisWith(never) } as never
  const afterwards = createAfterwards(services, 'channel')
  let events = 0
  while (afterwards.hasRoom() && events < 20_000) {
    events += 1
    afterwards.begin({ eventId: `order-paid-${events}`, type: 'order.paid' })
  }
  expect(afterwards.pending).toBe(3 * events)
  expect(events).toBe(Math.ceil(10_000 / 3))
  expect(running).toBeLessThanOrEqual(8)
})
