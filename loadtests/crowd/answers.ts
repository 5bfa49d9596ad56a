/** A payment as the shop describes it. */
export interface Payment {
  id: string
  status: string
  amountMinor: number
}

/** Code and certainty of a problem+json body; both missing for anything else. */
export function problemIn(body: unknown): { code?: string; definite?: boolean } {
  if (typeof body !== 'object' || body === null) return {}
  const { code, definite } = body as { code?: unknown; definite?: unknown }
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof definite === 'boolean' ? { definite } : {}),
  }
}

/** The id of an order or a payment; null unless it is a decimal string. */
export function idIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null
  const { id } = body as { id?: unknown }
  return typeof id === 'string' && /^\d{1,20}$/.test(id) ? id : null
}

/** An order that was taken in, as the shop describes it. */
export interface Intake {
  intakeId: string
  status: 'waiting' | 'placed' | 'refused'
  order?: unknown
  problem?: unknown
}

/** The intake in a body; null unless it is whole. */
export function intakeIn(body: unknown): Intake | null {
  const { intakeId, status, order, problem } = (body ?? {}) as Record<string, unknown>
  if (typeof intakeId !== 'string' || !/^\d{1,20}$/.test(intakeId)) return null
  if (status === 'waiting') return { intakeId, status }
  if (status === 'placed') return idIn(order) === null ? null : { intakeId, status, order }
  if (status !== 'refused' || problemIn(problem).code === undefined) return null
  return { intakeId, status, problem }
}

/** How many pieces a line of the cart has; null unless the body is such a line. */
export function piecesIn(body: unknown): number | null {
  const { quantity } = (body ?? {}) as { quantity?: unknown }
  return idIn(body) !== null && typeof quantity === 'number' ? quantity : null
}

/** The order that a worker of the warehouse was given; null unless it is a decimal string. */
export const idOfDispatch = (body: unknown): string | null =>
  idIn({ id: (body as { orderId?: unknown } | null | undefined)?.orderId })

/** The payment in a body; null unless it is whole. */
export function paymentIn(body: unknown): Payment | null {
  const id = idIn(body)
  if (id === null) return null
  const { status, amountMinor } = body as { status?: unknown; amountMinor?: unknown }
  if (typeof status !== 'string' || typeof amountMinor !== 'number') return null
  return { id, status, amountMinor }
}
