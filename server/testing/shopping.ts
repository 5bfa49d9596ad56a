import type { FlowCtx } from '../designs/flow-ctx.ts'
import { Problem, type ProblemCode } from '../errors.ts'
import { placeOrder } from '../flows/place-order.ts'
import { orderIdByKey } from '../flows/read-order.ts'

/** A place order request, `2x1` = two units of option 1. */
export const lines = (...words: string[]) =>
  words.map((word) => {
    const [quantity, optionId = ''] = word.split('x')
    return { optionId, quantity: Number(quantity) }
  })

export const card = { method: 'card', cardToken: 'card-ok' } as const
export const badCard = { method: 'card', cardToken: 'card-declined' } as const

let keys = 0
/** A key that no other test uses. */
export const newKey = () => `key-${++keys}`

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
export async function askAgain(ctx: FlowCtx, request: Parameters<typeof placeOrder>[1]) {
  const found = await orderIdByKey(ctx, request.idempotencyKey)
  return found ?? (await placeOrder(ctx, request)).id
}
