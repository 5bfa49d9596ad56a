import { describe, expect, test } from 'bun:test'
import { numberRanges } from '../number-ranges.ts'
import { ClockWentBack, createClockIds } from './clock-ids.ts'

const startMs = Date.UTC(2026, 10, 26)

function withClock(worker = 1) {
  const clock = { ms: startMs, sleptMs: [] as number[] }
  const ids = createClockIds({
    worker,
    now: () => clock.ms,
    sleep: async (ms) => {
      clock.sleptMs.push(ms)
      clock.ms += ms
    },
  })
  return { clock, ids }
}

const isRising = (ids: number[]) =>
  ids.every((id, index) => index === 0 || id > Number(ids[index - 1]))

describe('ids of the clock', () => {
  test('rise within a millisecond and beyond it, and fit 53 bits until 2043', async () => {
    const { clock, ids } = withClock(255)
    const taken = [...(await ids.take(64)), ...(await ids.take(200))]
    clock.ms = Date.UTC(2043, 0, 1)
    taken.push(...(await ids.take(1)))
    expect(isRising(taken)).toBe(true)
    const { first, last } = numberRanges.timeSorted
    expect(taken.filter((id) => id < first || id > last)).toEqual([])
  })

  test('the first of 2026-01-02 lies in the range, before it none is given', async () => {
    const { clock, ids } = withClock(0)
    clock.ms = Date.UTC(2026, 0, 2) - 1
    await expect(ids.take(1)).rejects.toBeInstanceOf(ClockWentBack)
    clock.ms += 1
    expect((await ids.take(1))[0]).toBeGreaterThanOrEqual(numberRanges.timeSorted.first)
  })

  test('processes at one time with one count differ', async () => {
    const lists = await Promise.all([1, 2, 3].map((worker) => withClock(worker).ids.take(100)))
    expect(new Set(lists.flat()).size).toBe(300)
  })

  test('a clock a little behind is passed over, a second waited for, more refused', async () => {
    const { clock, ids } = withClock()
    const taken = await ids.take(1)
    clock.ms -= 20
    taken.push(...(await ids.take(3)))
    expect(clock.sleptMs).toEqual([])
    clock.ms = startMs - 1020
    taken.push(...(await ids.take(3)))
    expect(clock.sleptMs).toEqual([1000])
    clock.ms = startMs - 1021
    await expect(ids.take(1)).rejects.toBeInstanceOf(ClockWentBack)
    clock.ms = startMs + 1
    taken.push(...(await ids.take(1)))
    expect(isRising(taken)).toBe(true)
  })

  test('a burst runs ahead of the clock, and then waits for it', async () => {
    const { clock, ids } = withClock()
    const taken = await ids.take(64 * 50)
    taken.push(...(await ids.take(1)))
    expect(clock.sleptMs).toHaveLength(1)
    expect(isRising(taken)).toBe(true)
  })
})
