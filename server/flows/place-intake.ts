import type { ClaimedIntake } from '../designs/admission/queued/intakes.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { Problem } from '../errors.ts'
import type { KeyClaims, Reply } from '../keys/key-claims.ts'
import { type OnceRequest, runOnce } from '../keys/run-once.ts'
import { toProblemBody } from '../problem.ts'
import { type OrderBody, orderOnce } from './order-once.ts'

/**
 * Places an order that was taken in, under its own key: once, however many have that key.
 * @param ageMsMax an older one is refused, unless an earlier try has placed it
 * @returns its answer for good: the order, or why there is none
 * @throws Problem where it may be tried again
 */
export async function placeIntake(
  ctx: FlowCtx,
  claims: KeyClaims,
  { id, key, fingerprint, payload, waitedMs }: ClaimedIntake,
  ageMsMax: number,
): Promise<Reply> {
  const requestId = `intake-${id}`
  const order = orderOnce(ctx, payload as OrderBody)
  const wanted = waitedMs > ageMsMax ? expired(order) : order
  const reply = await runOnce(ctx, claims, wanted, { key, fingerprint, requestId }).then(
    (answer) => answer.reply,
    (error: unknown) => {
      // Of the key itself, such as one that a payment has used.
      if (!(error instanceof Problem) || !error.definite || error.status >= 500) throw error
      return { status: error.status, body: toProblemBody(error, requestId) }
    },
  )
  await ctx.at('intake.placed')
  return reply
}

/** What a try has left behind is found all the same; nothing new is begun. */
const expired = ({ find }: OnceRequest): OnceRequest => ({
  find,
  run: async () => {
    throw new Problem('intake-expired')
  },
})
