import { describe, expect, test } from 'bun:test'
import { ActiveFaults } from './active-faults.ts'
import type { ProcessKind } from './fault.ts'
import { FaultList } from './fault-list.ts'
import type { Here } from './inside.ts'

/** A fault on in one process, which has what `here` has. */
function processWith(name: string, settings: object, here: Here, kind: ProcessKind = 'api') {
  const active = new ActiveFaults({ kind })
  const asked = new FaultList(undefined, () => active.adopt(asked.snapshot()))
  asked.put(name, settings)
  const turn = () =>
    active.round(name, async ({ inside }, given, round) => {
      await inside?.act(given, { ...here, ...round })
    })
  return { active, asked, turn, tally: () => active.tallies()[name] }
}

/** A pool of so many connections, whose borrowers wait for one where none is free. */
function poolOf(connections: number) {
  const counts = { lent: 0, givenBack: 0 }
  const waiting: (() => void)[] = []
  const lend = () => {
    counts.lent += 1
    return () => {
      counts.lent -= 1
      counts.givenBack += 1
      waiting.shift()?.()
    }
  }
  return {
    ...{ counts, connections, waiting },
    async take() {
      if (counts.lent >= connections) {
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      return lend()
    },
  }
}

describe('pool-squeeze', () => {
  test.each([
    [0.75, 6],
    [0.01, 1],
    [1, 8],
  ])('takes a share of %d, and gives it back', async (share, taken) => {
    const pool = poolOf(8)
    const settings = { share, holdMs: 10_000, pauseMs: 0 }
    const { asked, tally, turn } = processWith('pool-squeeze', settings, { pool })
    const round = turn()
    while (tally()?.injected !== 1) await Bun.sleep(1)
    expect(pool.counts).toEqual({ lent: taken, givenBack: 0 })
    asked.reset()
    expect(await round).toBe(true)
    expect(pool.counts).toEqual({ lent: 0, givenBack: taken })
    expect(await turn()).toBe(false)
  })

  test('gives all back when its round is over, and takes it again in the next', async () => {
    const pool = poolOf(4)
    const settings = { share: 0.5, holdMs: 50, pauseMs: 0 }
    const { tally, turn } = processWith('pool-squeeze', settings, { pool })
    expect([await turn(), await turn()]).toEqual([true, true])
    expect(pool.counts).toEqual({ lent: 0, givenBack: 4 })
    expect(tally()).toEqual({ considered: 2, injected: 2 })
  })

  test.each(['a reset', 'the process being asked to stop'])('gives all back at %s', async (how) => {
    const pool = poolOf(4)
    const { active, asked, tally, turn } = processWith('pool-squeeze', { holdMs: 10_000 }, { pool })
    const round = turn()
    while (tally()?.injected !== 1) await Bun.sleep(1)
    if (how === 'a reset') asked.reset()
    else active.clear()
    await round
    expect(pool.counts).toEqual({ lent: 0, givenBack: 2 })
  })

  test('keeps nothing that it got after it was over, and counts no bite', async () => {
    const pool = poolOf(1)
    const giveBack = await pool.take()
    const { asked, tally, turn } = processWith('pool-squeeze', { holdMs: 10_000 }, { pool })
    const round = turn()
    while (pool.waiting.length === 0) await Bun.sleep(1)
    asked.reset()
    giveBack()
    await round
    expect(pool.counts).toEqual({ lent: 0, givenBack: 2 })
    expect(tally()).toEqual({ considered: 1, injected: 0 })
  })

  test('of which it gets nothing, it is no bite', async () => {
    const pool = { connections: 4, take: () => Promise.reject(new Error('pool-exhausted')) }
    const { tally, turn } = processWith('pool-squeeze', { pauseMs: 0 }, { pool })
    await turn()
    expect(tally()).toEqual({ considered: 1, injected: 0 })
  })
})
