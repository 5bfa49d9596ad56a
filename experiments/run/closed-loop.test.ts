import { describe, expect, test } from 'bun:test'
import { Problem } from '../../server/errors.ts'
import { closedLoop, timeOfRush } from './closed-loop.ts'

describe('a closed loop', () => {
  test('numbers its calls, has so many under way at once, and ends in time', async () => {
    const calls: number[] = []
    let underWay = 0
    let most = 0
    const loop = await closedLoop(3, 40, async (call) => {
      calls.push(call)
      most = Math.max(most, ++underWay)
      await Bun.sleep(5)
      underWay -= 1
    })
    expect(most).toBe(3)
    expect(calls).toEqual(Array.from(calls, (_, index) => index))
    expect(loop.done).toBe(calls.length)
    expect(loop.perSecond).toBeCloseTo(loop.done / loop.seconds)
    expect(loop.seconds).toBeGreaterThanOrEqual(0.04)
    expect(loop.p99Ms).toBeGreaterThan(3)
  })

  test('counts a Problem as failed; without a call done its length bounds the p99', async () => {
    const loop = await closedLoop(2, 15, async () => {
      await Bun.sleep(2)
      throw new Problem('lock-contention')
    })
    expect([loop.done, loop.perSecond]).toEqual([0, 0])
    expect(loop.failed).toBeGreaterThan(2)
    expect(loop.p99Ms).toBe(loop.seconds * 1000)
  })

  test('any other error is a defect of the measurement', async () => {
    const broken = closedLoop(2, 1000, () => Promise.reject(new Error('no such table')))
    await expect(broken).rejects.toThrow('no such table')
  })
})

describe('a rush', () => {
  test('makes each call once and lasts until the last answer', async () => {
    const calls: number[] = []
    const ms = await timeOfRush(7, 3, async (call) => {
      calls.push(call)
      await Bun.sleep(call === 6 ? 20 : 1)
    })
    expect(calls.sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(ms).toBeGreaterThanOrEqual(19)
  })

  test('without a call is over at once', async () => {
    expect(await timeOfRush(0, 3, () => Promise.reject(new Error('called')))).toBeLessThan(20)
  })
})
