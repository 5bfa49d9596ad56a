import { describe, expect, test } from 'bun:test'
import { faults } from '../../chaos/faults.ts'
import { type CountBounds, type Counted, countBites, flawsOfCount } from './count.ts'
import { chaosVerdict } from './document.ts'
import { provocationOf } from './provoke.ts'

const quick: CountBounds = { biteMsMax: 50, leftMs: 0, reportedMs: 0, sellMsMax: 50 }

/** A shop in which a fault bites at each turn, while it is on or for good. */
function shopWith({ bites = true, staysOn = false, sells = true } = {}) {
  const on = new Set<string>()
  const puts: string[] = []
  let injected = 7
  const shop = {
    async disturb() {
      if (bites && on.size > 0) injected += 1
    },
    async sell() {
      if (!sells) throw new Error('sold out')
    },
  }
  const board = {
    async put(name: string) {
      puts.push(name)
      on.add(name)
    },
    async reset() {
      if (!staysOn) on.clear()
    },
    injected: async () => injected,
  }
  return { board, puts, shop }
}

const counted = ({ board, shop }: ReturnType<typeof shopWith>) =>
  countBites(provocationOf('slack-down'), shop, board, quick)

describe('a fault without a size', () => {
  test('is put with what it needs, bites, and leaves', async () => {
    const shop = shopWith()
    const found = await counted(shop)
    expect(shop.puts).toEqual(['poison-event', 'slack-down'])
    expect(found).toMatchObject({ fault: 'slack-down', bites: 1, injectedAfter: 0 })
    expect(flawsOfCount(found)).toEqual([])
  })

  test('that stays on is flawed', async () => {
    const found = await counted(shopWith({ staysOn: true }))
    expect(found.injectedAfter).toBe(3)
    expect(flawsOfCount(found)).toEqual(['bites after its reset'])
  })

  test.each([
    [{ bites: false }, 'slack-down does not bite'],
    [{ sells: false }, 'the shop sells nothing after slack-down'],
  ])('with %j is an error', async (how, message) => {
    await expect(counted(shopWith(how))).rejects.toThrow(message)
  })

  test('with a flaw misses the target', () => {
    const good: Counted = {
      ...{ fault: 'x', bites: 1, countedMs: 1, resetMs: 1, injectedAfter: 0, soldAgainMs: 1 },
    }
    const verdict = (one: Counted) => chaosVerdict({ bites: [], counted: [one], lost: [] })
    expect(verdict(good)).toBe('as-expected')
    expect(verdict({ ...good, resetMs: 501 })).toBe('target-missed')
    expect(verdict({ ...good, injectedAfter: 1 })).toBe('target-missed')
  })
})

test.each(Object.keys(faults))('%s is provoked with settings that it takes', (name) => {
  const { settings, also = {} } = provocationOf(name)
  for (const [fault, given] of Object.entries({ ...also, [name]: settings })) {
    expect(faults[fault]?.settings.safeParse(given).success).toBe(true)
  }
})
