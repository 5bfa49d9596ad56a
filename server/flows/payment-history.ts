import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { momentFromNow } from '../db/statements.ts'
import type { StepCtx } from '../designs/step-ctx.ts'

/** What the history calls a payment's statuses; `unknown` is no state of it. */
const stateOf = {
  sent: 'requested',
  captured: 'approved',
  declined: 'declined',
  failed: 'failed',
} as const

/**
 * Writes a row for each status that the payments have come to, all in one statement, which belongs
 * into the transaction that makes them true.
 * @param statuses of each payment, in their order: later ones get larger ids
 * @throws Problem `ids-unavailable`
 */
export async function writeHistory(
  ctx: StepCtx,
  db: Database,
  paymentIds: readonly string[],
  statuses: readonly (keyof typeof stateOf)[],
): Promise<void> {
  const entries = paymentIds.flatMap((paymentId) =>
    statuses.map((status) => ({ paymentId, state: stateOf[status] })),
  )
  const ids = await ctx.design.ids.take(ctx, db, 'payment_history', entries.length)
  const rows = entries.map(
    ({ paymentId, state }, index) =>
      sql`(${ids[index]}, ${paymentId}, ${state}, ${momentFromNow()})`,
  )
  db.later(sql`insert into payment_history (id, payment_id, state, created_at)
      values ${sql.join(rows, sql`,`)}`)
}
