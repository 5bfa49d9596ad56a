import type { Services } from '../../ctx.ts'
import { type Ending, onEnd } from '../../db/connections.ts'
import { isDuplicateKey } from '../../db/failures.ts'
import { Problem } from '../../errors.ts'
import { claimReservation, recordReturn } from './counter-rows.ts'
import { dropCounter, type Reservation, release, reserve } from './counter-scripts.ts'
import { askRedis, rebuildCounter, settleCounters } from './counter-settling.ts'
import type { Stock, StockLine } from './stock.ts'

/** A reservation is tried again after its counter was made anew, at most so often. */
const attemptsMax = 3

/**
 * A counter in Redis says who is served: one script looks, takes, and writes the reservation into a
 * stream. The caller's transaction claims the reservation in the database; `settle` brings claims
 * into the table in lots, and returns to the counter what nobody has claimed after 20 s.
 * in: option, quantity · out: false = sold out · closes: the queue for the row lock · loses nothing
 * to a kill -9 anywhere: each half is done once, by a primary key or an entry that is gone ·
 * a Redis that is emptied, or restarts with old data, makes a new epoch: the counter is made anew
 * from the tables, and reservations of the old one are refused when they are claimed.
 * Leaves open: `product_options.stock`, which the shop shows, lags behind by the settling (a
 * second); and another design that takes of the same options is not seen by the counter.
 */
export const redisCounter: Stock = {
  book: 'counter',

  async take(ctx, db, line) {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const reservation = await reserved(ctx, line)
      if (!reservation) return false
      onEnd(db, (ending) => giveUp(ctx, reservation, ending))
      const isClaimed = await claimReservation(db, reservation).catch((error: unknown) => {
        throw isDuplicateKey(error) ? new Problem('lock-contention', { cause: error }) : error
      })
      if (isClaimed) return true
      await askRedis(dropCounter(ctx.redis, line.optionId, reservation.epoch))
    }
    throw new Problem('lock-contention')
  },

  /** With the caller's transaction, Redis or no Redis; the counter hears of it by the settling. */
  giveBack: (_ctx, db, { optionId, quantity }) =>
    recordReturn(db, Bun.randomUUIDv7(), optionId, quantity),

  settle: (services) => settleCounters(services),
}

/** @returns undefined when there is not enough left @throws Problem `stock-unavailable` */
async function reserved(
  services: Services,
  { optionId, quantity }: StockLine,
): Promise<Reservation | undefined> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const answer = await askRedis(reserve(services.redis, Bun.randomUUIDv7(), optionId, quantity))
    if (answer === 'short') return undefined
    if (answer !== 'absent') return answer
    if ((await rebuildCounter(services, optionId)) === 'missing') return undefined
  }
  throw new Problem('stock-unavailable')
}

/** What was rolled back will not be claimed; where nobody knows, or Redis is away, the sweeper. */
function giveUp({ redis, stockCounts }: Services, reservation: Reservation, ending: Ending): void {
  if (ending !== 'rolled-back') return
  void release(redis, reservation, 'back').then(
    (isBack) => {
      if (isBack) stockCounts.returned += reservation.quantity
    },
    () => {},
  )
}
