import { describe, expect, test } from 'bun:test'
import { loadShapeNames, loadShapes, planProperties } from './shapes.ts'

describe.each(loadShapeNames)('%s', (name) => {
  test.each([
    [50, 9],
    [10, 4],
    [3, 3],
  ])('of %d threads for %d s is that many at the most, within its time', (threads, seconds) => {
    const groups = loadShapes[name](threads, seconds)
    expect(groups.reduce((sum, group) => sum + group.threads, 0)).toBe(threads)
    for (const group of groups) {
      expect(Object.values(group).every(Number.isInteger)).toBe(true)
      expect(group.delaySeconds + group.seconds).toBeLessThanOrEqual(seconds)
      expect(group.rampSeconds).toBeLessThan(group.seconds)
      expect(group.seconds).toBeGreaterThan(0)
    }
    expect(Math.max(...groups.map((one) => one.delaySeconds + one.seconds))).toBe(seconds)
  })
})

test('a spike is over before the crowd is', () => {
  const [usual, spike] = loadShapes.spike(50, 9)
  expect(usual).toMatchObject({ threads: 10, delaySeconds: 0, seconds: 9 })
  expect(spike).toMatchObject({ threads: 40, delaySeconds: 3, seconds: 3 })
})

test('the plan has a thread group for each of a shape, and reads its properties', async () => {
  const plan = await Bun.file(`${import.meta.dir}/order-payment.jmx`).text()
  const names = loadShapeNames.flatMap((name) =>
    Object.keys(planProperties(loadShapes[name](9, 9))),
  )
  for (const name of new Set(names)) expect(plan).toContain(`__P(${name},`)
  expect(plan.match(/<ThreadGroup /g)).toHaveLength(3)
  const four = Array.from({ length: 4 }, () => ({ ...loadShapes.constant(1, 1)[0] }))
  expect(() => planProperties(four as never)).toThrow('the plan has 3 thread groups')
})
