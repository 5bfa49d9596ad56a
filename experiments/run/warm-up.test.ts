import { afterEach, describe, expect, test } from 'bun:test'
import { crowdNumbers } from '../../loadtests/crowd/shopping.ts'
import { type FakeShop, startFakeShop } from '../../loadtests/testing/fake-shop.ts'
import { defaultSeedProfile } from '../../server/db/seed.ts'
import { fixtureJourney } from '../testing/fixture-blocks.ts'
import { warmUp, warmUpEnd, warmUpJourneys } from './warm-up.ts'

let shop: FakeShop | undefined

afterEach(() => shop?.stop())

const sold = Math.max(crowdNumbers.hotOptions, Number(crowdNumbers.limitedOptionId))

async function warm(options: Parameters<typeof startFakeShop>[0] = {}, crowdSeconds = 0.4) {
  const opened = startFakeShop(options)
  shop = opened
  const arm = { api: { url: opened.target, pid: null }, users: 50 }
  return await warmUp(arm, { seed: 1, keyPrefix: '1-0w', crowdSeconds })
}

test('the end of a warm-up is its last third beside the one before, without the last 8', () => {
  const journeys = (timesMs: number[]) =>
    timesMs.map((ms, index) => fixtureJourney({ index, startedMs: 1000, endedMs: 1000 + ms }))
  const times = (count: number, ms: number) => Array.from({ length: count }, () => ms)
  const history = journeys([
    ...times(20, 900),
    ...times(20, 400),
    ...times(20, 300),
    ...times(8, 9),
  ])
  expect(warmUpEnd(history)).toEqual({ beforeMs: 400, lastMs: 300 })
  expect(warmUpEnd(history.toReversed())).toEqual({ beforeMs: 400, lastMs: 300 })
  expect(warmUpEnd(journeys(times(30, 100)))).toBeNull()
  expect(warmUpEnd([])).toBeNull()
})

describe('the warm-up', () => {
  test('takes a piece at most of what the crowd wants, and pays in both ways', async () => {
    await warm()
    // A double click sends the same line twice.
    const bodies = [...new Set(shop?.seen)].join('\n')
    const wanted = [...bodies.matchAll(/"optionId":"(\d+)","quantity":(\d+)/g)]
    const ofTheSale = wanted.filter(([, id]) => Number(id) <= sold)
    expect(new Set(ofTheSale.map(([, id]) => id)).size).toBe(ofTheSale.length)
    expect(ofTheSale.filter(([, , quantity]) => quantity !== '1')).toEqual([])
    const elsewhere = wanted.length - ofTheSale.length
    expect(elsewhere).toBeGreaterThan(0)
    const ids = wanted.map(([, id]) => Number(id))
    expect(Math.max(...ids)).toBeLessThanOrEqual(defaultSeedProfile.products * 2)
    expect(bodies).toContain('"method":"balance"')
    expect(bodies).toContain('"method":"card"')
  })

  test('accounts for every journey that it began, under keys of its own', async () => {
    const { started, history, keyPrefix } = await warm()
    expect(history.length).toBe(started)
    expect(new Set(history.map(({ index }) => index)).size).toBe(started)
    const keys = history.flatMap(({ order }) => order?.keys ?? [])
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.filter((key) => !key.startsWith(`${keyPrefix}-`))).toEqual([])
  })

  test('knows what each of its customers asks for', async () => {
    const { started, asked } = await warm()
    const known = Array.from({ length: started }, (_, index) => JSON.stringify(asked(index).items))
    const sent = (shop?.seen ?? []).flatMap((line) => /"items":(\[.*?\])/.exec(line)?.[1] ?? [])
    expect(sent.length).toBeGreaterThan(0)
    expect(sent.filter((items) => !known.includes(items))).toEqual([])
  })

  test('is so many journeys, however fast the shop is', async () => {
    const { history } = await warm({}, 60)
    expect(history).toHaveLength(warmUpJourneys)
  })

  test('ends in time at a shop that sells nothing', async () => {
    const { history } = await warm({ orders: 'shed' })
    expect(history.length).toBeGreaterThan(0)
    expect(history.every(({ outcome }) => outcome !== 'paid')).toBe(true)
  })
})
