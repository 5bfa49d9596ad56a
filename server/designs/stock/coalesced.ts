import { sql } from 'drizzle-orm'
import type { Services } from '../../ctx.ts'
import { onEnd } from '../../db/connections.ts'
import { changed } from '../../db/statements.ts'
import { Problem } from '../../errors.ts'
import { batchesSince, claimTicket, forgetBatches, settleBatches } from './batches.ts'
import { conditionalUpdate } from './conditional-update.ts'
import { holdsRow } from './held-rows.ts'
import type { Stock } from './stock.ts'

/**
 * Longer than a request lives (answer 8 s, statement 10 s). No more than a courtesy: a claim that
 * comes later still is refused, and one under way is waited for.
 */
const graceMs = 20_000
/** Settled batches are kept so long for those who audit. */
const keptMs = 3600_000
const lot = 500

/**
 * Waiting decrements of one option in this process are one statement, committed before any of them
 * is answered; one flush at a time. The caller's transaction then claims its ticket of the batch.
 * in: option, quantity · out: false = sold out · closes: the queue for the row lock, which is held
 * for one flush instead of until each caller's commit. Units that nobody claims (killed, rolled
 * back) come back: at once from a living process, else by `settle` after 20 s; until then they are
 * missed. Who holds the row already takes without the others, whose flush waits for its end.
 * Leaves open: two orders that each hold the row of a quota and want the other's item wait for each
 * other unseen, since it is the flush that waits, until a lock times out after 3 s.
 */
export const coalesced: Stock = {
  async take(ctx, db, line) {
    const { optionId, quantity } = line
    if (holdsRow(db, optionId)) return await conditionalUpdate.take(ctx, db, line)
    const grant = await ctx.coalescer.take(optionId, quantity)
    if (!grant) return false
    try {
      onEnd(db, grant.ended)
    } catch (error) {
      grant.ended('rolled-back')
      throw error
    }
    if (!(await claimTicket(db, grant))) throw new Problem('lock-contention')
    return true
  },

  takeAlone: (ctx, { optionId, quantity }) => ctx.coalescer.takeAlone(optionId, quantity),

  /** With the caller's transaction or not at all: what is rare need not be merged. */
  async giveBack(_ctx, db, { optionId, quantity }) {
    await changed(
      db,
      sql`update product_options set stock = stock + ${quantity} where id = ${optionId}`,
    )
  },

  settle: (services) => settleCoalesced(services),
}

/**
 * Ends what this process has of its own to end, and sweeps up after others.
 * @param nowMs by which batches are old
 */
export async function settleCoalesced(
  { side, coalescer, stockCounts }: Services,
  nowMs = Date.now(),
): Promise<number> {
  const tended = await coalescer.tend()
  const abandoned = await batchesSince(side, new Date(nowMs - graceMs), lot)
  const { batches, units } = await settleBatches(side, abandoned)
  stockCounts.settled += batches
  stockCounts.returned += units
  const forgotten = await forgetBatches(side, new Date(nowMs - keptMs), lot)
  return tended + batches + forgotten
}
