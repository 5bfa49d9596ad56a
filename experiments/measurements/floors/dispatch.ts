import { inShop } from '../shop.ts'
import { interleaved, rateText } from '../turns.ts'
import { takeAll } from '../waiting-orders.ts'

const orders = 400
const rounds = 6
const floor = 1.5

/** Orders taken per second by eight workers at once: skip-locked ÷ random-lock. */
export const dispatch = inShop({}, async (shop, advance) => {
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
