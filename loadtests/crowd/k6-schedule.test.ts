import { describe, expect, test } from 'bun:test'
import { type Arrivals, arrivalKinds, arrivalTimes } from './arrival-times.ts'
import { type K6Schedule, k6Schedule } from './k6-schedule.ts'
import { scenarioNames, scenarios } from './profiles.ts'

const secondsIn: Record<string, number> = { us: 1e-6, s: 1 }
const secondsOf = (text: string) =>
  Number.parseInt(text, 10) * (secondsIn[text.replace(/^\d+/, '')] ?? Number.NaN)

/** When k6 starts journeys, by its own formula, which is that of even arrivals. */
function startsOf({ timeUnit, stages }: Pick<K6Schedule, 'timeUnit' | 'stages'>): number[] {
  const curve = stages.map(({ duration, target }) => ({
    durationSeconds: secondsOf(duration),
    targetRate: target / secondsOf(timeUnit),
  }))
  return [...arrivalTimes(curve, { arrivals: 'even', seed: 0 })]
}

const cases = scenarioNames.flatMap((scenario) =>
  arrivalKinds.flatMap((arrivals) =>
    [1, 2, 4_294_967_295].map((seed): [string, Arrivals, number] => [scenario, arrivals, seed]),
  ),
)

describe('k6 starts the journeys that the simulator starts', () => {
  test.each(cases)('in a %s with %s arrivals of seed %d', (name, arrivals, seed) => {
    const scenario = scenarioNames.find((one) => one === name) ?? 'smoke'
    for (const [rate, durationSeconds] of [
      [60, 10],
      [1, 30],
      [2000, 5],
    ] as const) {
      const stages = scenarios[scenario].stages(rate, durationSeconds)
      const due = [...arrivalTimes(stages, { arrivals, seed })]
      const found = startsOf(k6Schedule({ stages, drainSeconds: 10, arrivals, seed }))
      expect(found).toHaveLength(due.length)
      const apart = found.map((at, index) => Math.abs(at - (due[index] ?? 0)))
      expect(Math.max(...apart)).toBeLessThan(1e-4)
    }
  })

  test.each([
    [10, 5, '5s'],
    [3, 3, '0s'],
    [0, 1, '0s'],
  ])('and lets %d s pass after the last arrival', (drainSeconds, tailSeconds, gracefulStop) => {
    const crowd = { stages: scenarios.smoke.stages(5, 2), seed: 1 }
    for (const arrivals of arrivalKinds) {
      const schedule = k6Schedule({ ...crowd, arrivals, drainSeconds })
      const last = schedule.stages.at(-1)
      expect(last?.target).toBe(0)
      expect(secondsOf(last?.duration ?? '')).toBeCloseTo(tailSeconds)
      expect(schedule.gracefulStop).toBe(gracefulStop)
    }
  })

  test('in targets that k6 takes: whole and not negative', () => {
    const crowd = { stages: scenarios['flash-sale'].stages(5000, 4), seed: 3 }
    const { stages } = k6Schedule({ ...crowd, arrivals: 'poisson', drainSeconds: 10 })
    expect(stages.filter(({ target }) => !Number.isSafeInteger(target) || target < 0)).toEqual([])
    expect(stages.at(-1)).toEqual({ duration: '5s', target: 0 })
  })
})
