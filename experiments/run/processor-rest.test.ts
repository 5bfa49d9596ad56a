import { expect, test } from 'bun:test'
import { TRUST } from '../judge/rules/trust-limits.ts'
import { type RestClock, waitForIdleProcesses } from './processor-rest.ts'

/** Two processes that use so much of a core in each span, the last figure from then on. */
function clockOf(percents: number[]): RestClock & { waits: number } {
  let [timeMs, used] = [0, 0]
  const clock = {
    waits: 0,
    nowMs: () => timeMs,
    async wait(milliseconds: number) {
      timeMs += milliseconds
      used += (milliseconds * (percents[clock.waits] ?? percents.at(-1) ?? 0)) / 100
      clock.waits += 1
    },
    usedMs: (pid: number) => (pid === 0 ? null : used / 2),
  }
  return clock
}

test('processes at rest are waited for once', async () => {
  const clock = clockOf([8])
  expect(await waitForIdleProcesses([1, 2], clock)).toBeCloseTo(8)
  expect(clock.waits).toBe(1)
})

test('processes that are still at work are waited for', async () => {
  const clock = clockOf([180, 90, 20])
  expect(await waitForIdleProcesses([1, 2], clock)).toBeCloseTo(20)
  expect(clock.waits).toBe(3)
})

test('those that never rest are named by what they use, after five seconds', async () => {
  const clock = clockOf([90])
  expect(await waitForIdleProcesses([1, 2], clock)).toBeGreaterThan(TRUST.restPercentMax)
  expect(clock.nowMs()).toBe(5000)
})

test.each([[[1, null]], [[1, 0]]])('of %j it is unknown', async (pids) => {
  expect(await waitForIdleProcesses(pids, clockOf([90]))).toBeNull()
})
