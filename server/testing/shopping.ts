import type { Design } from '../designs/design.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { Problem, type ProblemCode } from '../errors.ts'
import { cancelOrder } from '../flows/cancel-order.ts'
import { type PayOrder, payOrder } from '../flows/pay-order.ts'
import { type PlaceOrder, placeOrder } from '../flows/place-order.ts'
import { orderIdByKey } from '../flows/read-order.ts'

export const card = { method: 'card', cardToken: 'card-ok' } as const
export const badCard = { method: 'card', cardToken: 'card-declined' } as const
export const balance = { method: 'balance' } as const

let keys = 0
/** A key that no other test uses. */
export const newKey = () => `key-${++keys}`

/** Lines of an order: `2x1` = two units of option 1. */
export const lines = (...words: string[]) =>
  words.map((word) => {
    const [quantity, optionId = ''] = word.split('x')
    return { optionId, quantity: Number(quantity) }
  })

/** What user 1 asks for under a new key, unless `changed` says otherwise. */
export const orderOf = (
  items: readonly string[],
  changed: Partial<PlaceOrder> = {},
): PlaceOrder => ({ userId: '1', idempotencyKey: newKey(), items: lines(...items), ...changed })

/** The same as a client sends it: without the key, which is a header. */
export const orderBody = (items: readonly string[], more: object = {}) => ({
  ...{ userId: '1', items: lines(...items) },
  ...more,
})

/** The verbs of customers, in a design or in a context. */
export const shoppingIn = (ctxOf: (design: string | Design) => FlowCtx) => {
  type At = string | Design | FlowCtx
  const at = (where: At) =>
    typeof where === 'object' && 'connections' in where ? where : ctxOf(where)
  return {
    /** Places an order as of `orderOf`. */
    place: (where: At, items: readonly string[], changed?: Partial<PlaceOrder>) =>
      placeOrder(at(where), orderOf(items, changed)),
    pay: (
      where: At,
      orderId: string,
      how: Omit<PayOrder, 'orderId' | 'idempotencyKey'>,
      key = newKey(),
    ) => payOrder(at(where), { orderId, idempotencyKey: key, ...how }),
    cancel: (where: At, orderId: string) => cancelOrder(at(where), orderId, 'customer'),
  }
}

/** The value, or the code of the Problem. Any other error is thrown on. */
export async function outcomeOf<T>(work: Promise<T>): Promise<T | ProblemCode> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

/** Asks with a key as the HTTP layer does after an interruption: looks first, then runs. */
export async function askAgain(ctx: FlowCtx, request: PlaceOrder) {
  const found = await orderIdByKey(ctx, request.idempotencyKey, request.userId)
  return found ?? (await placeOrder(ctx, request)).id
}
