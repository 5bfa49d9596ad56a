import { expect, test } from 'bun:test'
import { parseLimit } from './condition.ts'
import type { StopEntry } from './schema.ts'
import { graceMs, StopWatch } from './stop-watch.ts'

const limit = parseLimit('served < 10%')
if (typeof limit === 'string') throw new Error(limit)
const entry: StopEntry = { condition: { ...limit, text: 'served < 10%' }, over: 5, for: 2 }

/** Ten a second, none is ever answered. */
const customers = { dueMs: Array.from({ length: 300 }, (_, at) => at * 100), history: [] }

test('a condition ends the run once it was true for its time', () => {
  const watch = new StopWatch([entry])
  const firstMs = graceMs + 5000
  expect(watch.look(customers, 0, firstMs - 1)).toBeUndefined()
  expect(watch.look(customers, 0, firstMs)).toBeUndefined()
  expect(watch.look(customers, 0, firstMs + 1999)).toBeUndefined()
  expect(watch.look(customers, 0, firstMs + 2000)).toBe('served < 10%')
})

test('its time begins again once it was not true', () => {
  const watch = new StopWatch([entry])
  const none = { dueMs: [], history: [] }
  expect(watch.look(customers, 0, 8000)).toBeUndefined()
  expect(watch.look(none, 0, 9000)).toBeUndefined()
  expect(watch.look(customers, 0, 10_500)).toBeUndefined()
  expect(watch.look(customers, 0, 12_500)).toBe('served < 10%')
})
