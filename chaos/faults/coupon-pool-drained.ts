import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'
import { roundSettings } from '../rounds.ts'

const settings = commonSettings.extend({
  ...roundSettings,
  productId: z.int().min(1).max(1_000_000).default(1).describe('Product whose numbers it takes'),
  numbers: z
    .int()
    .min(1)
    .max(20_000)
    .default(10_000)
    .describe('Free numbers that it takes in each round, from the lowest'),
})

/** To lock many rows takes a while. */
const answerMsMax = 5000

/**
 * A session outside the shop claims the free coupon numbers of a product in one transaction, holds
 * on, and rolls back, again and again. No number is different then.
 */
export const couponPoolDrained = defineFault({
  name: 'coupon-pool-drained',
  summary: 'Another client claims the free coupon numbers of a product, and does not commit.',
  imitates: 'one bulk order for all coupons, whose transaction stays open',
  hurts:
    'designs of `coupons` that wait for a number which another transaction holds, such as ' +
    '`coupons=procedure` and `coupons=batched`, and hold a connection meanwhile',
  spares: 'orders, and other products; `coupons=skip-locked` refuses at once (`coupon-pool-empty`)',
  processes: ['board'],
  settings,
  example: { productId: 1, holdMs: 2000, pauseMs: 1000 },
  outside: {
    async act({ productId, numbers, holdMs }, outside) {
      const session = await outside.open()
      await session.run('start transaction')
      const claimed = await session.run(
        `select /* chaos */ id from coupon_numbers force index (coupon_numbers_free)
          where product_id = ? and status = 'free' order by id limit ? for update`,
        [productId, numbers],
        answerMsMax,
      )
      if (claimed.length === 0) return
      outside.tookHold()
      await outside.hold(session, holdMs)
    },
  },
})
