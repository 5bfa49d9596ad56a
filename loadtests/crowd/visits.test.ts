import { describe, expect, test } from 'bun:test'
import { problem, scriptedHttp, seed, users } from '../testing/scripted-http.ts'
import { defaultPolicy } from './client-policy.ts'
import type { Answer } from './http.ts'
import { type ScenarioName, saleNames, scenarioNames } from './profiles.ts'
import { crowdNumbers } from './shopping.ts'
import { crowdAsks, journeyOf } from './visits.ts'

async function visit(scenario: ScenarioName, index: number, script: Record<string, Answer[]> = {}) {
  const http = scriptedHttp(script)
  const usual = { seed, index, keyPrefix: 't', users, policy: defaultPolicy, design: null }
  const record = await journeyOf(scenario, http, usual)
  return { record, http, names: http.requests.map(({ name }) => name) }
}

const lost: Answer = { status: 0 }
const customers = Array.from({ length: 30 }, (_, index) => index)

test('designs are judged by the scenarios in which somebody buys', () => {
  const others = scenarioNames.filter((name) => !saleNames.includes(name))
  expect(others).toEqual(['browse', 'top-up'])
})

describe('full-flow', () => {
  test('asks each endpoint, and buys from the balance', async () => {
    for (const index of customers) {
      const { record, http, names } = await visit('full-flow', index)
      const once = [...new Set(names)].filter((name) => !name.endsWith('-read'))
      const wanted = ['top-up', 'products', 'popular', 'product', 'cart-add', 'order', 'pay']
      expect(once).toEqual(wanted)
      expect(names.filter((name) => name === 'cart-add')).toHaveLength(1)
      expect(record).toMatchObject({ outcome: 'paid', topUp: { outcome: 'ok' } })
      const paid = http.requests.find(({ name }) => name === 'pay')
      expect(JSON.parse(paid?.body ?? '')).toMatchObject({ method: 'balance' })
    }
  })

  test('is audited by what its own customers ask for', async () => {
    const asked = crowdAsks('full-flow', seed, users)
    for (const index of customers) {
      const { record } = await visit('full-flow', index)
      const { items, payment, fromCart } = asked(index)
      expect([payment, fromCart, items.length]).toEqual([{ method: 'balance' }, true, 1])
      expect(record.cart).toMatchObject(items)
    }
  })
})

describe('browse', () => {
  test('looks at list, best sellers and a product, and asks for nothing else', async () => {
    for (const index of customers) {
      const { record, names } = await visit('browse', index)
      expect(names).toEqual(['products', 'popular', 'product'])
      expect(record).toMatchObject({ outcome: 'left', checkoutMs: null })
    }
  })

  test('fails where a page does not come', async () => {
    expect((await visit('browse', 0, { popular: [lost, lost] })).record.outcome).toBe('failed')
  })
})

describe('top-up', () => {
  test('adds to the balance under a key of its own', async () => {
    const { record, http } = await visit('top-up', 3)
    const [request] = http.requests
    expect(http.requests).toHaveLength(1)
    expect(request).toMatchObject({
      path: `/api/v1/users/${record.userId}/balance`,
      headers: { 'idempotency-key': 't-3-b' },
      body: JSON.stringify({ amountMinor: crowdNumbers.topUpMinor }),
    })
    expect(record).toMatchObject({
      outcome: 'left',
      topUp: { outcome: 'ok', keys: ['t-3-b'], amountMinor: crowdNumbers.topUpMinor },
    })
  })

  const conflict = problem(409, 'balance-conflict', true)
  const cases: [name: string, answers: Answer[], outcome: string, topUp: string][] = [
    ['refused', [conflict], 'failed', 'fail'],
    ['lost twice', [lost, lost], 'unknown', 'info'],
    ['lost, then acknowledged', [lost], 'left', 'ok'],
    ['answered without the user', [{ status: 200 }, { status: 200 }], 'unknown', 'info'],
  ]
  test.each(cases)('%s', async (_, answers, outcome, topUp) => {
    const { record } = await visit('top-up', 3, { 'top-up': answers })
    expect(record).toMatchObject({ outcome, topUp: { outcome: topUp } })
    expect((await visit('full-flow', 3, { 'top-up': answers })).record.topUp?.outcome).toBe(
      topUp as never,
    )
  })
})
