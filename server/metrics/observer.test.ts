import { expect, test } from 'bun:test'
import { Registry } from 'prom-client'
import { shopObserver } from './observer.ts'

test('contention at an item is counted, waits for its lock are timed', async () => {
  const registry = new Registry()
  const { contended } = shopObserver(registry)
  contended('redis-lock', 'lock-waited', 0)
  contended('redis-lock', 'lock-had', 230)
  contended('optimistic', 'version-lost', 0)
  contended('optimistic', 'version-lost', 0)
  const text = await registry.metrics()
  const head = 'stampede_stock_contention_total'
  expect(text).toContain(`${head}{option="redis-lock",event="lock-waited"} 1`)
  expect(text).toContain(`${head}{option="redis-lock",event="lock-had"} 1`)
  expect(text).toContain(`${head}{option="optimistic",event="version-lost"} 2`)
  expect(text).toContain('stampede_stock_lock_seconds_count{option="redis-lock"} 1')
  expect(text).toContain('stampede_stock_lock_seconds_sum{option="redis-lock"} 0.23')
})

test('what can come between is there at 0 from the start, once an option and event', async () => {
  const registry = new Registry()
  shopObserver(registry)
  const text = await registry.metrics()
  const lines = text.split('\n').filter((line) => line.startsWith('stampede_stock_contention'))
  expect(lines).toHaveLength(27)
  expect(lines.filter((line) => !line.endsWith(' 0'))).toEqual([])
  expect(lines).toContain('stampede_stock_contention_total{option="derived",event="end-near"} 0')
  const locks = text.match(/stampede_stock_lock_seconds_count\{option="[\w-]+"\} 0/g)
  expect(locks).toHaveLength(5)
})
