import type { Benchmark } from '../measurement.ts'
import { withShop } from '../shop.ts'
import { interleaved } from '../turns.ts'
import { takeAll } from '../waiting-orders.ts'
import { rateText } from './ids-in-process.ts'

const orders = 400
const rounds = 5
const floor = 1.5

export const dispatch: Benchmark = {
  against: 'floor',
  name: 'dispatch',
  summary: 'orders taken per second by eight workers at once: skip-locked ÷ random-lock',
  async measure(experiment, advance) {
    return await withShop(await experiment.testBed(), 'dispatch', {}, async (shop) => {
      const rate = (option: string) => async () => {
        const { perSecond, findings } = await takeAll(shop, option, orders)
        if (findings.length > 0) throw new Error(`dispatch=${option}: ${findings[0]}`)
        return perSecond
      }
      await rate('skip-locked')()
      const turns = [rate('random-lock'), rate('skip-locked')] as const
      const { ratio, a, b } = await interleaved(turns, rounds, advance)
      const note = `random-lock ${rateText(a)}, skip-locked ${rateText(b)}, of ${orders} orders`
      return [{ name: 'dispatch', ...ratio, floor, better: 'higher', unit: 'ratio', note }]
    })
  },
}
