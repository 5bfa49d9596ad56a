import { describe, expect, test } from 'bun:test'
import { chaosVerdict } from './document.ts'
import { type Bite, type Bounds, flawsOf, measureBite } from './measure.ts'
import { measuredFaults, type Probe } from './probe.ts'

const quick: Bounds = { pairs: 20, perBlock: 5, leftMs: 0, reportedMs: 0, blockMsMax: 50 }
const probe = {
  ...{ fault: 'slow-answers', measures: 'time', settings: {}, asked: 100, unit: 'ms' },
  open: () => Promise.reject(new Error('not here')),
} as const satisfies Probe

/** A shop that answers in 10, and in what the fault makes of it while that is on. */
function shopWith(bitten: (turn: number) => number, staysOn = false) {
  const counts = { turns: 0, injected: 0, puts: 0 }
  let isOn = false
  const sampler = {
    async sample() {
      if (!isOn) return 10
      counts.injected += 1
      counts.turns += 1
      return bitten(counts.turns)
    },
    close: async () => {},
  }
  const board = {
    async put() {
      counts.puts += 1
      isOn = true
    },
    async reset() {
      isOn = staysOn
    },
    injected: async () => counts.injected,
  }
  return { board, counts, sampler }
}

const measured = (shop: ReturnType<typeof shopWith>, of: Probe = probe) =>
  measureBite(of, shop.sampler, shop.board, quick)

describe('a bite', () => {
  test('is the median of pairs, in blocks without and with the fault', async () => {
    const shop = shopWith((turn) => (turn % 5 === 0 ? 500 : 112))
    const bite = await measured(shop)
    expect(bite).toMatchObject({ measured: 102, pairs: 20, injectedAfter: 0, bittenAfter: 0 })
    expect(shop.counts.puts).toBe(4)
    expect(flawsOf(bite)).toEqual([])
  })

  test('of a fault in rounds leaves samples between the rounds out', async () => {
    const shop = shopWith((turn) => (turn % 3 === 0 ? 110 : 10))
    expect((await measured(shop, { ...probe, isInRounds: true })).measured).toBe(100)
    expect((await measured(shopWith((turn) => (turn % 3 === 0 ? 110 : 10)))).measured).toBe(0)
  })

  test('that never comes is an error', async () => {
    await expect(measured(shopWith(() => 10))).rejects.toThrow('slow-answers does not bite')
  })
})

describe('a fault is flawed that', () => {
  const good: Bite = {
    ...{ fault: 'x', measures: 'y', asked: 100, measured: 100, pairs: 200 },
    ...{ unit: 'ms', tookHoldMs: 1, resetMs: 1, injectedAfter: 0, bittenAfter: 0 },
  }

  test.each([
    [{ measured: 109 }, []],
    [{ measured: 111 }, ['bites otherwise than asked']],
    [{ measured: 89 }, ['bites otherwise than asked']],
    [{ asked: 20, measured: 24.9 }, []],
    [{ asked: 20, measured: 25.1 }, ['bites otherwise than asked']],
    [{ unit: '%', asked: 20, measured: 24 }, ['bites otherwise than asked']],
    [{ measured: Number.NaN }, ['bites otherwise than asked']],
    [{ tookHoldMs: 1001 }, ['took hold late']],
    [{ resetMs: 501 }, ['reset was acknowledged late']],
    [{ injectedAfter: 1 }, ['bites after its reset']],
    [{ bittenAfter: 1 }, ['bites after its reset']],
  ] as const)('%j: %j', (changed, flaws) => {
    expect(flawsOf({ ...good, ...changed })).toEqual([...flaws])
  })

  test('stays on after its reset', async () => {
    const bite = await measured(shopWith(() => 110, true))
    expect(bite.injectedAfter).toBe(20)
    expect(flawsOf(bite)).toContain('bites after its reset')
  })

  test('a flaw misses the target, what was not measured is untrusted', () => {
    const verdict = (found: Partial<Parameters<typeof chaosVerdict>[0]>) =>
      chaosVerdict({ bites: [], counted: [], lost: [], ...found })
    const lost = [{ name: 'bank', why: 'bank does not bite' }]
    expect(verdict({ bites: [good] })).toBe('as-expected')
    expect(verdict({ bites: [good], lost })).toBe('untrusted')
    expect(verdict({ bites: [{ ...good, measured: 0 }], lost })).toBe('target-missed')
  })
})

test('each measured fault has one probe', () => {
  expect(new Set(measuredFaults).size).toBe(measuredFaults.length)
})
