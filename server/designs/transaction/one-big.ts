import { lineByLine } from './expand.ts'
import { inOne } from './in-one.ts'
import type { TransactionShape } from './transaction.ts'

/**
 * Everything in one transaction, in the customer's order, the bank included: each lock is held
 * until the slowest part has answered, and a rollback cannot take back what the bank did.
 * in: a flow · out: all of it or nothing · leaves open: two buyers who hold one item each and wait
 * for the other's, a charge without a payment.
 */
export const oneBig: TransactionShape = {
  execute: (ctx, flow, state) => inOne(ctx, lineByLine(flow).steps, state),
}
