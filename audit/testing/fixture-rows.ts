import { createHash } from 'node:crypto'
import { couponRows } from './fixture-coupons.ts'
import { designRows } from './fixture-designs.ts'
import { intakeRows } from './fixture-intakes.ts'

type Row = Record<string, string | number | Date | null>

/** Tables and columns are those of the shop; a test may set one to anything. */
export type Rows = Record<string, Row[]>

/** Keys of the fixture are `fix-<journey>-o|p|b`. */
export const keyPrefix = 'fix'
const key = (journey: number, kind: string) => `${keyPrefix}-${journey}-${kind}`

/** The bank's reference of a payment under a key; the shop makes it of more than that. */
export const referenceOf = (paidUnder: string): string =>
  createHash('sha256').update(paidUnder).digest('hex').slice(0, 32)

const createdAt = new Date('2026-01-05T09:00:00Z')
const cancelledAt = new Date('2026-01-05T09:00:04Z')
const expiresAt = new Date('2099-01-01T00:00:00Z')
const json = JSON.stringify

/**
 * A small shop after its sale, in which nothing is wrong; the journeys are in fixture-history.ts.
 * 101 by balance · 102 by card at once, two effects dead · 103, 108, 109 unpaid, 103 with an item
 * of each kind · 104 declined · 105 and 110 undone · 106 expired · 107 by card with effects inline.
 */
export function worldRows(): Rows {
  return {
    ...{ ...shopRows(), ...orderRows(), ...sagaRows(), ...eventRows() },
    ...couponRows(createdAt),
    ...designRows(createdAt),
    ...intakeRows((journey) => key(journey, 'o'), createdAt),
  }
}

/** Of users whom an entry has moved, by their index. */
const balances: Record<number, number> = { 0: 95_500, 1: 100_700, 8: 150_000 }

function shopRows(): Rows {
  const users = Array.from({ length: 11 }, (_, index) => {
    const row = { id: index + 1, name: `user ${index + 1}`, initial_balance_minor: 100_000 }
    return { ...row, balance_minor: balances[index] ?? 100_000 }
  })
  const entry = (reference: string, user_id: number, amount_minor: number) => ({
    reference,
    user_id,
    amount_minor,
    created_at: createdAt,
  })
  const option = (id: number, price_minor: number, initial_stock: number, stock: number) => ({
    id,
    product_id: id < 17 ? 1 : 2,
    name: `option ${id}`,
    price_minor,
    initial_stock,
    stock,
  })
  return {
    users,
    balance_entries: [
      entry(`payment-${referenceOf(key(0, 'p'))}`, 1, -4_500),
      entry('charge-gift', 2, 700),
      entry(`charge-9-${key(8, 'b')}`, 9, 50_000),
    ],
    products: [1, 2].map((id) => ({ id, name: `product ${id}` })),
    product_options: [
      option(11, 1_000, 100, 95),
      option(12, 2_500, 50, 48),
      option(13, 9_000, 2, 1),
      { ...option(14, 1_000, 10, 8), kind: 'one-plus-one' },
      { ...option(15, 500, 10, 9), kind: 'gift', gift_option_id: 16 },
      option(16, 2_000, 10, 9),
      { ...option(17, 500, 0, 0), kind: 'reservation', quota: 5, quota_taken: 1 },
      { ...option(18, 500, 10, 9), kind: 'promotion', quota: 5, quota_taken: 1 },
    ],
    // Of the customer of journey 8, who left before ordering.
    cart_items: [{ id: 301, user_id: 9, option_id: 11, quantity: 1 }],
    promotion_claims: [{ option_id: 18, user_id: 3, quantity: 1 }],
  }
}

function orderRows(): Rows {
  const order = (
    id: number,
    user_id: number,
    own: string | null,
    status: string,
    total: number,
  ) => ({
    id,
    user_id,
    status: status.split(' ')[0] ?? '',
    cancel_reason: status.split(' ')[1] ?? null,
    total_minor: total,
    idempotency_key: own,
    created_at: createdAt,
    expires_at: expiresAt,
    cancelled_at: status.startsWith('cancelled') ? cancelledAt : null,
  })
  const item = (id: number, order_id: number, option_id: number, quantity: number) => ({
    id,
    order_id,
    option_id,
    quantity,
    units: quantity,
    unit_price_minor: { 11: 1_000, 12: 2_500, 13: 9_000, 14: 1_000 }[option_id] ?? 500,
  })
  const ofEachKind = [
    { ...item(212, 103, 14, 1), units: 2 },
    item(213, 103, 15, 1),
    { ...item(214, 103, 16, 1), unit_price_minor: 0 },
    { ...item(215, 103, 17, 1), units: 0 },
    item(216, 103, 18, 1),
  ]
  return {
    orders: [
      order(101, 1, key(0, 'o'), 'paid', 4_500),
      order(102, 2, key(1, 'o'), 'paid', 1_000),
      order(103, 3, key(2, 'o'), 'pending', 5_000),
      order(104, 4, key(3, 'o'), 'cancelled declined', 1_000),
      order(105, 5, null, 'cancelled undone', 2_500),
      order(106, 6, key(5, 'o'), 'cancelled expired', 9_000),
      order(107, 6, key(5, 'o-2'), 'paid', 9_000),
      order(108, 8, key(7, 'o'), 'pending', 1_000),
      order(109, 10, key(9, 'o'), 'pending', 1_000),
      order(110, 11, null, 'cancelled undone', 1_000),
    ],
    order_items: [
      ...[item(201, 101, 11, 2), item(202, 101, 12, 1), item(203, 102, 11, 1)],
      ...[item(204, 103, 12, 1), ...ofEachKind, item(205, 104, 11, 1), item(206, 105, 12, 1)],
      ...[item(207, 106, 13, 1), item(208, 107, 13, 1), item(209, 108, 11, 1)],
      ...[item(210, 109, 11, 1), item(211, 110, 11, 1)],
    ],
    payments: paymentRows(),
    payment_history: historyRows(),
  }
}

function paymentRows(): Row[] {
  const payment = (
    id: number,
    order_id: number,
    paidUnder: string,
    [method = '', status = '']: string[],
    amount: number,
  ) => ({
    id,
    order_id,
    live_order_id: status === 'captured' ? order_id : null,
    method,
    status,
    amount_minor: amount,
    reference: referenceOf(paidUnder),
    idempotency_key: paidUnder,
    created_at: createdAt,
  })
  return [
    payment(501, 101, key(0, 'p'), ['balance', 'captured'], 4_500),
    payment(502, 102, key(1, 'o'), ['card', 'captured'], 1_000),
    payment(503, 104, key(3, 'p'), ['card', 'declined'], 1_000),
    payment(504, 105, key(4, 'o'), ['card', 'failed'], 2_500),
    payment(505, 107, key(5, 'p'), ['card', 'captured'], 9_000),
    payment(506, 110, key(10, 'o'), ['card', 'failed'], 1_000),
  ]
}

/** Payments are requested by the rows 601 to 606, and end by 611 to 616. */
function historyRows(): Row[] {
  const ends = ['approved', 'approved', 'declined', 'failed', 'approved', 'failed']
  return ends.flatMap((end, index) => {
    const row = { payment_id: 501 + index, created_at: createdAt }
    return [
      { ...row, id: 601 + index, state: 'requested' },
      { ...row, id: 611 + index, state: end },
    ]
  })
}

/** Steps as `name:status`, the status being `done` where none is given. */
function sagaRows(): Rows {
  const sagas = [
    { kind: 'place-order', own: key(0, 'o'), steps: ['take-stock', 'take-stock', 'write-order'] },
    { kind: 'pay-order', own: key(0, 'p'), steps: ['claim', 'collect', 'settle'] },
    {
      kind: 'place-order',
      own: key(1, 'o'),
      steps: ['take-stock', 'write-order', 'claim', 'collect', 'settle'],
    },
    { kind: 'place-order', own: key(2, 'o'), steps: ['take-stock', 'write-order'] },
    { kind: 'place-order', own: key(3, 'o'), steps: ['take-stock', 'write-order'] },
    { kind: 'pay-order', own: key(3, 'p'), steps: ['claim:undone'] },
    { kind: 'cancel-order', own: 'cancel#104', steps: ['begin', 'give-back', 'finish'] },
    {
      kind: 'place-order',
      own: key(4, 'o'),
      steps: ['take-stock:undone', 'write-order:undone', 'claim:undone', 'collect:fenced'],
    },
    { kind: 'place-order', own: key(6, 'o'), steps: ['take-stock:undone', 'take-stock:fenced'] },
  ].map((saga, index) => ({ ...saga, id: index + 1 }))
  return {
    sagas: sagas.map(({ id, kind, own, steps }) => ({
      id,
      kind,
      idempotency_key: own,
      status: steps.some((step) => step.includes(':')) ? 'undone' : 'done',
      design: 'transaction=split',
      state: '{}',
      attempts: 0,
      lease_until: createdAt,
    })),
    saga_steps: sagas.flatMap(({ id, steps }) =>
      steps.map((step, position) => {
        const [name = '', status = 'done'] = step.split(':')
        return { saga_id: id, position, name, status, state: '{}' }
      }),
    ),
  }
}

function eventRows(): Rows {
  const event = (event_id: string, type: string) => ({
    event_id,
    type,
    payload: json({ eventId: event_id }),
    created_at: createdAt,
    relayed_at: createdAt,
  })
  const effect = (event_id: string, handler: string, status = 'done') => ({
    event_id,
    handler,
    status,
    attempts: status === 'dead' ? 3 : 1,
    error: status === 'dead' ? 'partner answered 503' : null,
    created_at: createdAt,
  })
  const alerts = ['alert-order-paid-102-best-sellers', 'alert-order-paid-102-messages'] as const
  const sold = (option_id: number, total_sold: number, sold_date = '2026-01-05') => ({
    sold_date,
    option_id,
    total_sold,
  })
  return {
    outbox: [
      event('order-paid-101', 'order.paid'),
      event('order-paid-102', 'order.paid'),
      ...alerts.map((alert) => event(alert, 'effect.dead')),
    ],
    effects: [
      ...['best-sellers', 'data-platform', 'messages'].map((name) =>
        effect('order-paid-101', name),
      ),
      effect('order-paid-102', 'best-sellers', 'dead'),
      effect('order-paid-102', 'data-platform'),
      effect('order-paid-102', 'messages', 'dead'),
      effect(alerts[0], 'slack'),
      effect(alerts[1], 'slack', 'dead'),
    ],
    daily_popular_products: [
      ...[sold(11, 2), sold(12, 1), sold(13, 1)],
      ...[sold(12, 9, '2026-01-04'), sold(18, 5, '2026-01-02'), sold(16, 7, '2025-12-29')],
    ],
    dispatches: dispatchRows(),
    idempotency_keys: replayRows(),
  }
}

function dispatchRows(): Row[] {
  const row = (order_id: number, status: string, worker: string | null) => ({
    order_id,
    status,
    worker,
    queued_at: createdAt,
    taken_at: worker === null ? null : createdAt,
  })
  return [row(101, 'done', 'picker-1'), row(102, 'taken', 'picker-2'), row(107, 'waiting', null)]
}

function replayRows(): Row[] {
  const replay = (own: string, response_status: number, body: object) => ({
    idempotency_key: own,
    fingerprint: '0',
    locked_until: createdAt,
    response_status,
    response_body: json(body),
    created_at: createdAt,
  })
  return [
    replay(key(0, 'o'), 201, { id: '101', status: 'pending' }),
    replay(key(0, 'p'), 201, { id: '501', orderId: '101', status: 'captured' }),
    replay(key(1, 'o'), 201, { id: '102', status: 'paid' }),
    replay(key(3, 'p'), 402, { code: 'card-declined' }),
    replay(key(4, 'o'), 202, { id: '105', status: 'paying' }),
    replay(key(6, 'o'), 409, { code: 'sold-out' }),
  ]
}
