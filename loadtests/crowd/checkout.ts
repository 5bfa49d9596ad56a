import { idIn, intakeIn, type Payment, paymentIn, problemIn } from './answers.ts'
import { defaultPolicy } from './client-policy.ts'
import { followIntake } from './follow-intake.ts'
import type { JourneyOutcome, JourneyRecord, Operation } from './history.ts'
import { type Client, type Intent, type Pursuit, pursue } from './intent.ts'
import type { Customer, Item } from './shopping.ts'

/** A customer in the shop: what they want, and what is known of them so far. */
export interface Visit {
  client: Client
  customer: Customer
  key: string
  record: JourneyRecord
}

const pollsMax = 3

/** Orders, then pays in a second request. @param wanted as sent to the shop */
export async function orderThenPay(
  visit: Visit,
  wanted: { fromCart: true } | { items: Item[] } = { fromCart: true },
): Promise<JourneyOutcome> {
  const { client, customer, key, record } = visit
  const { userId } = customer
  const ordered = await order(visit, { userId, ...wanted })
  record.order = operation(ordered, ordered.outcome, 'totalMinor')
  if (ordered.outcome !== 'ok') return outcomeOf(record.order)
  if (customer.leaves === 'before-payment') return customer.cancels ? await cancel(visit) : 'left'
  const paid = await pursue(client, {
    method: 'POST',
    path: '/api/v1/payments',
    name: 'pay',
    key: `${key}-p`,
    body: { orderId: record.order.id, ...customer.payment },
    whole: (body) => paymentIn(body) !== null,
    twice: customer.sendsTwice,
  })
  return await settle(visit, operation(paid, paid.outcome, 'amountMinor'), paid.answer.body)
}

/** Orders and pays in one request. */
export async function buyAtOnce(visit: Visit): Promise<JourneyOutcome> {
  const { customer, record } = visit
  const { userId, items, payment } = customer
  const bought = await order(visit, { userId, items, payment })
  record.order = operation(bought, bought.outcome, 'totalMinor')
  if (bought.outcome !== 'ok') return outcomeOf(record.order)
  const { payment: inside } = bought.answer.body as { payment?: unknown }
  const paid = paymentIn(inside)
  // The payment travelled under the order's key and requests: it has none of its own.
  const { invokedMs, doneMs, status } = record.order
  const own: Operation = { outcome: 'ok', keys: [], status, invokedMs, doneMs, attempts: 0 }
  const identity = paid ? { id: paid.id, amountMinor: paid.amountMinor } : {}
  return await settle(visit, { ...own, ...identity }, inside)
}

/** Orders, and waits for what becomes of an order that was only taken in. */
async function order({ client, key, customer }: Visit, body: unknown): Promise<Pursuit> {
  const intent: Intent = {
    method: 'POST',
    path: '/api/v1/orders',
    name: 'order',
    key: `${key}-o`,
    body,
    whole: (answer) => idIn(answer) !== null || intakeIn(answer) !== null,
    twice: customer.sendsTwice,
  }
  return await followIntake(client, await pursue(client, intent))
}

/** Calls the order off instead of paying for it. */
async function cancel({ client, record }: Visit): Promise<JourneyOutcome> {
  const { outcome } = await pursue(client, {
    method: 'POST',
    path: `/api/v1/orders/${record.order?.id}/cancel`,
    name: 'cancel',
    whole: (answer) => idIn(answer) !== null,
  })
  if (outcome !== 'ok') return outcome === 'fail' ? 'failed' : 'unknown'
  record.cancelled = true
  return 'left'
}

/** Follows a payment whose outcome is open, records it and names the journey's end. */
async function settle(visit: Visit, first: Operation, body: unknown): Promise<JourneyOutcome> {
  const { client, record } = visit
  const own = { ...first }
  record.payment = own
  if (own.outcome !== 'ok') return outcomeOf(own)
  let payment = paymentIn(body)
  for (let poll = 0; payment !== null && !isFinal(payment) && poll < pollsMax; poll += 1) {
    await client.http.pause(defaultPolicy.baseMs * 2 ** poll)
    const asked = await pursue(client, {
      method: 'GET',
      path: `/api/v1/payments/${payment.id}`,
      name: 'payment',
      whole: (answer) => paymentIn(answer) !== null,
      once: true,
    })
    own.status = asked.answer.status
    own.doneMs = asked.doneMs
    if (asked.outcome === 'ok') payment = paymentIn(asked.answer.body)
  }
  if (payment?.status === 'captured') return 'paid'
  own.outcome = payment !== null && isFinal(payment) ? 'fail' : 'info'
  if (own.outcome === 'info') return 'unknown'
  return payment?.status === 'declined' ? 'left' : 'failed'
}

const isFinal = ({ status }: Payment): boolean =>
  status === 'captured' || status === 'declined' || status === 'failed'

/** End of a journey whose order, payment or top-up did not come off. */
export function outcomeOf({ outcome, code, status }: Operation): JourneyOutcome {
  if (outcome === 'info') return 'unknown'
  if (code === 'sold-out') return 'soldOut'
  // Declined, or not enough balance: the shop gave the right answer.
  return status === 402 ? 'left' : 'failed'
}

export function operation(
  { answer, keys, invokedMs, doneMs, attempts, intake }: Pursuit,
  outcome: Operation['outcome'],
  amount: 'totalMinor' | 'amountMinor' | 'balanceMinor',
): Operation {
  const { code } = problemIn(answer.body)
  const id = outcome === 'ok' ? idIn(answer.body) : null
  const amountMinor = (answer.body as Record<string, unknown> | null | undefined)?.[amount]
  return {
    outcome,
    keys,
    status: answer.status,
    ...(code === undefined ? {} : { code }),
    ...(id === null ? {} : { id }),
    ...(intake === undefined ? {} : { intake }),
    ...(outcome === 'ok' && typeof amountMinor === 'number' ? { amountMinor } : {}),
    invokedMs,
    doneMs,
    attempts,
  }
}
