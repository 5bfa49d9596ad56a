import { expect, test } from 'bun:test'
import { createPool } from 'mysql2/promise'
import { audit } from './audit.ts'
import type { Checker, Evidence } from './checker.ts'
import { judged, merged, unknown } from './findings.ts'
import { checkersReference } from './reference.ts'
import { checkers } from './registry.ts'

/** A pool opens nothing before it is asked; these checkers never ask. */
const evidence: Evidence = {
  db: createPool({ host: '127.0.0.1', port: 1 }),
  history: [],
  started: 0,
  keyPrefix: 'none',
  asked: () => ({ userId: '1', items: [], payment: { method: 'balance' }, fromCart: false }),
  bank: [],
  bankChanges: [],
  deliveries: [],
  activeFaults: [],
  pendingWork: [],
}

const checker = (name: string, check: Checker['check']): Checker => ({
  ...{ name, promise: '', check },
  exercise: { by: 'nothing', count: async () => 0 },
})

test('a crash and a deadline are unknown, and the rest of the audit goes on', async () => {
  const results = await audit(evidence, {
    deadlineMs: 1,
    checkers: [
      checker('crashes', () => Promise.reject(new Error('boom'))),
      checker('throws', () => {
        throw new Error('bang')
      }),
      checker('hangs', () => new Promise(() => {})),
      checker('holds', async () => judged([])),
    ],
  })
  expect(results).toEqual([
    { name: 'crashes', verdict: 'unknown', count: 0, first: 'crashed: boom' },
    { name: 'throws', verdict: 'unknown', count: 0, first: 'crashed: bang' },
    { name: 'hangs', verdict: 'unknown', count: 0, first: 'no answer in 1 ms' },
    { name: 'holds', verdict: 'true', count: 0, exercised: 0 },
  ])
})

test('false comes before unknown before true, and counts add up', () => {
  const holds = judged([])
  expect(merged([holds, unknown('why'), judged(['a', 'b']), judged(['c'])])).toEqual({
    verdict: 'false',
    count: 3,
    first: 'a',
  })
  expect(merged([holds, unknown('why')])).toEqual(unknown('why'))
  expect(merged([holds, holds])).toEqual({ verdict: 'true', count: 0 })
})

test('names are unique and kebab-case, promises are sentences of the reference', () => {
  const names = checkers.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
  expect(checkers.filter(({ promise }) => !/^[A-Z].*\.$/.test(promise))).toEqual([])
  const page = checkersReference()
  for (const { name, promise } of checkers) {
    expect(page).toContain(`| [\`${name}\`](../../audit/checkers/`)
    expect(page).toContain(`.ts) | ${promise} | `)
  }
})
