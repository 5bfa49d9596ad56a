import { linearRegression } from 'simple-statistics'
import { shopOf, withArms } from '../arms.ts'
import { placeOrders } from '../checkout/clients.ts'
import type { Benchmark } from '../measurement.ts'
import { expectSound } from '../order-rush.ts'
import { residentMib } from '../resident-memory.ts'

const orders = 100_000
/** Code is compiled, pools and caches are full by then: what comes on top is growth. */
const warmUpOrders = 10_000
const stepOrders = 10_000
const work = { items: 1, clients: 64 }
/** Without requests, in which the runtime collects garbage. */
const restMs = 3000
/** A machine that serves fewer than 60 orders a second has no figure. */
const secondsMax = 1800

/**
 * Resident memory of the API process after 100,000 paid orders, above that after its warm-up, with
 * the preset peak: both after a rest without requests. The slope over the steps between tells
 * growth from a level that is reached once.
 */
export const memory: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  const design = 'peak'
  return await withArms(testBed, { [design]: design }, 'memory', async ({ [design]: arm }) => {
    if (!arm) throw new Error('no arm was started')
    const shop = shopOf(arm)
    const endsAtMs = performance.now() + secondsMax * 1000
    const levels: [orders: number, mebibytes: number][] = []
    await placeOrders(shop, work, warmUpOrders, endsAtMs)
    await Bun.sleep(restMs)
    levels.push([0, residentMib(arm.api.pid)])
    for (let done = 0; done < orders; done += stepOrders) {
      await placeOrders(shop, work, stepOrders, endsAtMs)
      await Bun.sleep(restMs)
      levels.push([done + stepOrders, residentMib(arm.api.pid)])
      advance((done + stepOrders) / orders)
    }
    await expectSound(arm)
    const [start = 0, ...later] = levels.map(([, mebibytes]) => mebibytes)
    const growth = (later.at(-1) ?? Number.NaN) - start
    const { m: slope } = linearRegression(levels)
    const range = { low: Math.min(growth, slope * orders), high: Math.max(growth, slope * orders) }
    return [
      {
        ...{ name: 'memory', value: growth, ...range, floor: 64, better: 'lower' },
        unit: 'MiB of the API process above its warm-up, peak',
        note:
          `resident ${start.toFixed(0)} MiB after ${warmUpOrders} orders, then after each ` +
          `${stepOrders}: ${later.map((level) => level.toFixed(0)).join(', ')}; slope ` +
          `${(slope * 1000 * 1024 || 0).toFixed(1)} KiB for 1,000 orders. The interval is from ` +
          'the last level to the fitted line, in either order. Each level is after a rest of ' +
          `${restMs / 1000} s, in which the runtime collects garbage by itself. Audit green.`,
      },
    ]
  })
}
