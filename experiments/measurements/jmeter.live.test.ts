import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { loadShapeNames } from '../../loadtests/jmeter/shapes.ts'
import { startFakeShop } from '../../loadtests/testing/fake-shop.ts'
import { hasJMeter, runJMeter } from './jmeter.ts'

if (!hasJMeter()) console.log('skipped: JMeter (not installed)')

/** A Java machine on a busy machine. */
const testMsMax = 90_000

test.skipIf(!hasJMeter()).each(loadShapeNames)(
  'JMeter sends the crowd in the load shape %s',
  async (shape) => {
    const { session } = await scratchSession()
    const shop = startFakeShop()
    const folder = session.dataPath(`plan-${shape}`)
    await mkdir(folder, { recursive: true })
    const run = { shape, threads: 3, seconds: 3, seed: 1, users: 50, keyPrefix: shape }
    const port = Number(new URL(shop.target).port)
    const samples = await runJMeter(session, folder, { ...run, port }).finally(() => shop.stop())
    expect(samples.failed).toBe(0)
    expect(samples.samples).toBe(shop.seen.length)
    expect(samples.bySecond.reduce((sum, count) => sum + count, 0)).toBe(samples.samples)
    expect(new Set(shop.seen.map((line) => line.split(' ').at(-2))).size).toBe(samples.samples)
  },
  testMsMax,
)
