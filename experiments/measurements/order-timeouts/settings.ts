import { z } from 'zod'
import { integerSetting } from '../../../server/environment.ts'

/** Where an order's time-out lives: a timer of the process, or a column that a loop looks at. */
export const timeoutKinds = ['memory', 'column'] as const
export type TimeoutKind = (typeof timeoutKinds)[number]

/** Environment of the process that places orders and times them out. */
export const orderTimeoutsEnvironment = z.object({
  DATABASE_URL: z.string(),
  REDIS_URL: z.string(),
  TICKETS_URL: z.string(),
  BANK_URL: z.string(),
  TIMEOUT_KIND: z.enum(timeoutKinds, `must be one of ${timeoutKinds.join(', ')}`),
  /** Orders to place first, 0 after a restart: numbers from 1, which are their buyers too. */
  TIMEOUT_ORDERS: integerSetting(0, 5000, 0),
  TIMEOUT_SECONDS: integerSetting(1, 600, 5),
})

/** The line that the process prints once all its orders are placed. */
export const placedLine = 'placed'
