import type { Visit } from './checkout.ts'
import type { KeptKind } from './history.ts'
import { type Intent, pursue } from './intent.ts'

/** Something that a customer looks at. */
export interface Look {
  kind: KeptKind
  path: string
}

/**
 * Looks at something, and writes down what was shown if the answer is kept.
 * @param how `once` = without a second try
 * @returns whether the shop showed it
 */
export async function look(
  { client, record }: Visit,
  { kind, path }: Look,
  how: { isKept: boolean; once?: boolean },
): Promise<boolean> {
  const { isKept, once = false } = how
  // What is wrong with a page is the audit's business: the customer takes any.
  const whole: Pick<Intent, 'whole'> = isKept ? { whole: () => true } : {}
  const { outcome, answer, invokedMs, doneMs } = await pursue(client, {
    ...{ method: 'GET', path, name: kind, once },
    ...whole,
  })
  const { status, body = null } = answer
  if (isKept && (outcome === 'ok' || status === 404)) {
    record.kept ??= []
    record.kept.push({ kind, path, askedMs: invokedMs, answeredMs: doneMs, status, body })
  }
  return outcome === 'ok'
}

/** Looks at what was just paid for. Whatever comes of it, the purchase is settled. */
export async function readBack(visit: Visit): Promise<void> {
  const { userId, order } = visit.record
  const looks: Look[] = [
    { kind: 'order-read', path: `/api/v1/orders/${order?.id}` },
    { kind: 'cart-read', path: `/api/v1/carts/${userId}` },
    { kind: 'user-read', path: `/api/v1/users/${userId}` },
  ]
  for (const one of looks) await look(visit, one, { isKept: true, once: true })
}
