import { expect, test } from 'bun:test'
import { isRepeated } from '../../audit/exercise.ts'
import { scriptedHttp } from '../../loadtests/testing/scripted-http.ts'
import { orderMany } from './crowd.ts'

test('some ask again, under the same key, for what the shop has done', async () => {
  const http = scriptedHttp()
  const crowd = { http, keyPrefix: 'p', seed: 1, users: 50, callers: 4 }
  let crashes = 0
  const history = await orderMany(
    crowd,
    100,
    () => {},
    async () => void crashes++,
  )
  expect([history.length, crashes]).toEqual([100, 1])
  expect(history.every(({ outcome }) => outcome === 'paid')).toBe(true)
  const again = history.filter(({ order, payment }) => isRepeated(order) || isRepeated(payment))
  expect(again.length).toBeGreaterThanOrEqual(6)
  expect(again.every(({ order }) => order?.keys.length === 1)).toBe(true)
  // Both those who pay at once and those who pay in a request of its own.
  expect(new Set(again.map(({ index }) => index % 2)).size).toBe(2)
  expect(again.some(({ payment }) => isRepeated(payment))).toBe(true)
})
