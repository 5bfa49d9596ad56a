import { commonSettings, defineFault } from '../fault.ts'

/** The worker makes no coupon numbers, so that what is free is used up. */
export const generationStopped = defineFault({
  name: 'generation-stopped',
  summary: 'The worker makes no coupon numbers ahead, so that a rush uses the pool up.',
  imitates: 'a job that fills a pool ahead, and has died',
  hurts:
    'every design of `coupons` once the pool is empty: partners are refused with ' +
    '`coupon-pool-empty`, and their gateways ask again',
  spares: 'partners as long as numbers are free, and orders',
  processes: ['worker'],
  settings: commonSettings,
  example: { probability: 1 },
  stopsLoop: 'coupon pool',
})
