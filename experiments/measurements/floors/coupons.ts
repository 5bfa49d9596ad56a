import { closedLoop } from '../../run/closed-loop.ts'
import { askForCoupon, fillPool } from '../coupon-log.ts'
import { inShop } from '../shop.ts'
import { interleaved, rateText } from '../turns.ts'

const callers = 64
const rounds = 6
const roundMs = 1000
const poolOfRound = 30_000

/** Coupons issued per second, durable and counted against quotas: batched ÷ skip-locked. */
export const coupons = inShop({}, async (shop, advance) => {
  const rate = (option: string) => {
    const ctx = shop.ctx(`after,coupons=${option}`)
    return async () => {
      await fillPool(shop, poolOfRound)
      const loop = await closedLoop(callers, roundMs, (call) => askForCoupon(ctx, call))
      if (loop.failed > 0) throw new Error(`coupons=${option}: ${loop.failed} requests failed`)
      return loop.perSecond
    }
  }
  const turns = [rate('skip-locked'), rate('batched')] as const
  for (const turn of turns) await turn()
  const { ratio, a, b } = await interleaved(turns, rounds, advance)
  const [finding] = await shop.audit()
  if (finding !== undefined) throw new Error(finding)
  const note = `skip-locked ${rateText(a)}, batched ${rateText(b)}, ${callers} requests at once`
  return [{ name: 'coupons', ...ratio, floor: 5, better: 'higher', unit: 'ratio', note }]
})
