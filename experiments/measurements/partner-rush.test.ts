import { expect, test } from 'bun:test'
import { ratesBetween } from './partner-rush.ts'

test('rates go by the time between two looks, however long it was', () => {
  const first = { requests: 10, tries: 40, coupons: 0, atMs: 1000 }
  const later = { requests: 60, tries: 240, coupons: 100, atMs: 1500 }
  expect(ratesBetween(first, later)).toEqual({ requests: 100, tries: 400, coupons: 200 })
  expect(ratesBetween(first, { ...later, atMs: 2000 }).tries).toBe(200)
})
