import { expect, test } from 'bun:test'
import type { Database } from '../../../db/connections.ts'
import { AfterCommitEffects } from './after-commit.ts'

const never = () => new Promise<never>(() => {})

test('memory has an end: beyond it no event has room, and eight effects run at once', () => {
  let running = 0
  const deliver = () => {
    running += 1
    return never()
  }
  const connections = { use: never, transaction: (_: (db: Database) => unknown) => never() }
  const services = { connections, partners: { deliver } } as never
  const effects = new AfterCommitEffects(services)
  let events = 0
  while (effects.hasRoom() && events < 20_000) {
    events += 1
    effects.begin({ eventId: `order-paid-${events}`, type: 'order.paid' })
  }
  expect(effects.pending).toBe(3 * events)
  expect(events).toBe(Math.ceil(10_000 / 3))
  expect(running).toBeLessThanOrEqual(8)
})
