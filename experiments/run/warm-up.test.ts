import { afterEach, describe, expect, test } from 'bun:test'
import { crowdNumbers } from '../../loadtests/crowd/shopping.ts'
import { type FakeShop, startFakeShop } from '../../loadtests/testing/fake-shop.ts'
import { defaultSeedProfile } from '../../server/db/seed.ts'
import { warmUp, warmUpJourneys } from './warm-up.ts'

let shop: FakeShop

afterEach(() => shop.stop())

const sold = Math.max(crowdNumbers.hotOptions, Number(crowdNumbers.limitedOptionId))

async function warm(options: Parameters<typeof startFakeShop>[0] = {}, crowdSeconds = 0.4) {
  shop = startFakeShop(options)
  const arm = { api: { url: shop.target, pid: null }, users: 50 }
  return await warmUp(arm, { seed: 1, keyPrefix: '1-0w', crowdSeconds })
}

describe('the warm-up', () => {
  test('takes a piece at most of what the crowd wants, and pays in both ways', async () => {
    await warm()
    // A double click sends the same line twice.
    const bodies = [...new Set(shop.seen)].join('\n')
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
    const sent = shop.seen.flatMap((line) => /"items":(\[.*?\])/.exec(line)?.[1] ?? [])
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
