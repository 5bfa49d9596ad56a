import type { FlowOf } from '../designs/transaction/split/recovery.ts'
import type { Flow } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { type CancelState, cancelOrderFlow } from './cancel-order.ts'
import { type PayState, payOrderFlow } from './pay-order.ts'
import { type OrderState, placeOrderFlow } from './place-order.ts'

/** How each kind of saga becomes steps again. */
const kinds: Record<string, (state: object) => unknown> = {
  'place-order': (state) => placeOrderFlow(state as OrderState, undefined, true),
  'pay-order': (state) => payOrderFlow(state as PayState, undefined, true),
  'cancel-order': (state) => cancelOrderFlow(state as CancelState),
}

/** @throws Problem `internal` for a kind that this version does not know */
export const flowOf: FlowOf = (kind, state) => {
  const build = kinds[kind]
  if (!build) throw new Problem('internal', { detail: `No flow of kind ${kind}` })
  return build(state) as Flow<object>
}
