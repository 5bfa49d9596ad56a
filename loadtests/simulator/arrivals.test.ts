import { describe, expect, test } from 'bun:test'
import { type Arrivals, runArrivals } from './arrivals.ts'

/** A clock that only moves when it is waited for, by at least `turnMs`. */
function testClock(turnMs = 0.001) {
  const clock = {
    timeMs: 0,
    nowMs: () => clock.timeMs,
    async wait(milliseconds: number) {
      clock.timeMs += Math.max(turnMs, milliseconds)
    },
  }
  return clock
}

const never = () => new Promise<void>(() => {})

function setUp(change: Partial<Arrivals> = {}) {
  const begun: [index: number, dueMs: number][] = []
  const late: number[] = []
  const arrivals: Arrivals = {
    times: [0.1, 0.2, 0.3],
    inFlightMax: 10,
    clock: testClock(),
    stop: new AbortController().signal,
    drainMsMax: 1_000,
    async begin(index, dueMs, lateMs) {
      begun.push([index, dueMs])
      late.push(lateMs)
    },
    ...change,
  }
  return { begun, late, arrivals }
}

describe('arrivals', () => {
  test('start when they are due, without gaps in their numbers', async () => {
    const { begun, late, arrivals } = setUp()
    const counts = await runArrivals(arrivals)
    expect(begun).toEqual([0.1, 0.2, 0.3].map((seconds, index) => [index, seconds * 1_000]))
    expect(counts).toMatchObject({ started: 3, dropped: 0, unfinished: 0 })
    expect(Math.max(...late)).toBeLessThanOrEqual(1)
  })

  test('do not wait for journeys under way', async () => {
    const { arrivals } = setUp({ drainMsMax: 0, begin: never })
    const counts = await runArrivals(arrivals)
    expect(counts).toMatchObject({ started: 3, dropped: 0, unfinished: 3 })
  })

  test('above the bound are dropped and counted, and take no number', async () => {
    const { arrivals } = setUp({ inFlightMax: 2, begin: never })
    expect(await runArrivals(arrivals)).toMatchObject({ started: 2, dropped: 1, unfinished: 2 })
  })

  test('of a late generator keep the time they were due, and say how late they were', async () => {
    const times = Array.from({ length: 100 }, (_, at) => at / 1_000)
    const { begun, late, arrivals } = setUp({ times, clock: testClock(500), inFlightMax: 100 })
    const { started } = await runArrivals(arrivals)
    expect(started).toBe(100)
    expect(begun.at(-1)).toEqual([99, 99])
    expect(Math.max(...late)).toBeGreaterThan(400)
  })

  test('of a late generator leave the event loop its turns', async () => {
    const clock = testClock()
    let open = 0
    let openMax = 0
    const times = Array.from({ length: 1_000 }, () => 0)
    const { arrivals } = setUp({ times, clock, inFlightMax: 1_000 })
    await runArrivals({
      ...arrivals,
      async begin() {
        open += 1
        openMax = Math.max(openMax, open)
        await null
        open -= 1
      },
    })
    expect(openMax).toBeLessThan(50)
  })

  test('end when stopped, even in a long pause', async () => {
    const stop = new AbortController()
    const clock = testClock()
    const { arrivals } = setUp({ times: [0.001, 3_600], stop: stop.signal, clock })
    const counts = await runArrivals({ ...arrivals, begin: async () => stop.abort() })
    expect(counts.started).toBe(1)
    expect(clock.timeMs).toBeLessThan(100)
  })
})
