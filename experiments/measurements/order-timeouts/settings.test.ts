import { expect, test } from 'bun:test'
import { parseEnvironment } from '../../../server/environment.ts'
import { orderTimeoutsEnvironment } from './settings.ts'

const urls = { DATABASE_URL: 'd', REDIS_URL: 'r', TICKETS_URL: 't', BANK_URL: 'b' }
const read = (own: Record<string, string>) =>
  parseEnvironment(orderTimeoutsEnvironment, { ...urls, ...own })

test('the settings of a process of orders', () => {
  const settings = read({ TIMEOUT_KIND: 'memory', TIMEOUT_ORDERS: '7' })
  expect(settings).toMatchObject({ TIMEOUT_KIND: 'memory', TIMEOUT_ORDERS: 7, TIMEOUT_SECONDS: 5 })
})

test.each([
  [{ TIMEOUT_KIND: 'redis' }, 'TIMEOUT_KIND: must be one of memory, column'],
  [{}, 'TIMEOUT_KIND is missing'],
  [{ TIMEOUT_KIND: 'memory', TIMEOUT_SECONDS: '0' }, 'TIMEOUT_SECONDS: must be a whole number'],
  [{ TIMEOUT_KIND: 'column', TIMEOUT_ORDERS: '-1' }, 'TIMEOUT_ORDERS: must be a whole number'],
])('refused by name: %p', (own, message) => expect(() => read(own)).toThrow(message))
