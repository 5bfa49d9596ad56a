import { describe, expect, test } from 'bun:test'
import { arrivalTimes } from '../../loadtests/crowd/arrival-times.ts'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { scenarios } from '../../loadtests/crowd/profiles.ts'
import { runArrivals } from '../../loadtests/simulator/arrivals.ts'
import { fixtureJourney } from '../testing/fixture-blocks.ts'
import { busiestSecondOf, scheduled } from './starts.ts'

const dueMs = Array.from({ length: 20 }, (_, index) => index * 100)
const started = (index: number, startedMs: number) => fixtureJourney({ index, startedMs })

describe('lateness of journeys that know their actual start', () => {
  test('is against the most punctual one, and the intended start takes its place', () => {
    const lines = [started(0, 5000), started(1, 5140), started(2, 5200)]
    const found = scheduled(lines, dueMs, 0)
    expect(found.map(({ startedMs, lateMs }) => [startedMs, lateMs])).toEqual([
      [5000, 0],
      [5100, 40],
      [5200, 0],
    ])
  })

  test('counts a journey after a dropped one for the arrival that it stands for', () => {
    const lines = [started(0, 5000), started(1, 5100), started(2, 5310)]
    expect(scheduled(lines, dueMs, 1).at(-1)).toMatchObject({ startedMs: 5300, lateMs: 10 })
    expect(scheduled(lines, dueMs, 0).at(-1)).toMatchObject({ startedMs: 5200, lateMs: 110 })
  })
})

describe('the busiest second', () => {
  const punctual = dueMs.map((due, index) => started(index, 5000 + due))

  test('is as planned where journeys start when they are due', () => {
    expect(busiestSecondOf(punctual, dueMs, 20)).toEqual({ planned: 10, started: 10 })
  })

  test('is flatter where a generator falls behind', () => {
    const slow = punctual.map((record) => ({ ...record, lateMs: record.index * 50 }))
    expect(busiestSecondOf(slow, dueMs, 20)).toEqual({ planned: 10, started: 7 })
  })

  test('counts a journey that outlived the run', () => {
    const withoutLine = punctual.filter(({ index }) => index % 2 === 0)
    expect(busiestSecondOf(withoutLine, dueMs, 20).started).toBe(10)
  })
})

test('a generator that needs 1.5 of the core it has shows in both', async () => {
  const stages = scenarios['flash-sale'].stages(60, 10)
  const times = [...arrivalTimes(stages, { arrivals: 'even', seed: 1 })]
  let timeMs = 0
  const wait = async (milliseconds: number) => {
    timeMs += Math.max(0.001, milliseconds)
  }
  const history: JourneyRecord[] = []
  await runArrivals({
    ...{ times, inFlightMax: 540, stop: new AbortController().signal, drainMsMax: 0 },
    clock: { nowMs: () => timeMs, wait },
    async begin(index, due, lateMs) {
      timeMs += 25
      history.push(fixtureJourney({ index, startedMs: due, lateMs }))
    },
  })
  const all = times.map((seconds) => seconds * 1000)
  const { planned, started: busiest } = busiestSecondOf(history, all, history.length)
  expect(history).toHaveLength(all.length)
  expect(planned).toBeGreaterThanOrEqual(60)
  expect(busiest).toBeLessThan(0.7 * planned)
  expect(Math.max(...history.map(({ lateMs = 0 }) => lateMs))).toBeGreaterThan(2000)
})
