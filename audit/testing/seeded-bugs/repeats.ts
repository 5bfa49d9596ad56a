import { copyOf, type SeededBug, setOrder } from './bug.ts'

export const refusedAndRepeated: readonly SeededBug[] = [
  {
    bug: 'a refused key has an order',
    caughtBy: 'fail-means-fail',
    says: 'sold-out',
    sql: copyOf('orders', 103, `id = 199, idempotency_key = 'fix-6-o'`),
  },
  {
    bug: 'a declined card was charged',
    caughtBy: 'fail-means-fail',
    says: 'payment 503',
    sql: [`update payments set status = 'captured', live_order_id = 104 where id = 503`],
  },
  {
    bug: 'a refused payment, yet the order is paid',
    caughtBy: 'fail-means-fail',
    says: 'order 104',
    sql: [`update orders set status = 'paid' where id = 104`],
  },
  {
    bug: 'an answer named the order of another key',
    caughtBy: 'one-order-per-key',
    says: 'belongs to key fix-2-o',
    evidence: setOrder(0, { id: '103' }),
  },
  {
    bug: 'replays name another order',
    caughtBy: 'one-order-per-key',
    says: 'name order 103 instead of 101',
    sql: [
      `update idempotency_keys set response_body = '{"id":"103"}'
           where idempotency_key = 'fix-0-o'`,
    ],
  },
  {
    bug: 'two live payments under one key',
    caughtBy: 'one-charge-per-key',
    says: 'key fix-5-p has 2',
    sql: copyOf('payments', 505, 'id = 599, order_id = 106, live_order_id = 106'),
  },
  {
    bug: 'a live payment that the unique index does not guard',
    caughtBy: 'one-charge-per-key',
    says: 'payment 505 of order 107 is not marked',
    sql: ['update payments set live_order_id = null where id = 505'],
  },
  {
    bug: 'double capture at the bank under one reference',
    caughtBy: 'one-charge-per-key',
    says: 'captured',
    evidence: ({ bank }) => bank.push(...bank.slice(0, 1)),
  },
  {
    bug: 'double capture at the bank, by two keys of one order',
    caughtBy: 'one-charge-per-key',
    says: 'order 107',
    sql: copyOf(
      'payments',
      505,
      `id = 599, status = 'failed', live_order_id = null, reference = 'second',
       idempotency_key = 'fix-5-p-2'`,
    ),
    evidence: ({ bank }) =>
      bank.push({ reference: 'second', amountMinor: 9_000, status: 'captured' }),
  },
  {
    bug: 'a retry under one key went to the bank under a new reference',
    caughtBy: 'one-charge-per-key',
    says: '2 references',
    sql: copyOf('payments', 503, `id = 599, reference = 'second'`),
  },
  {
    bug: 'replays name another payment',
    caughtBy: 'one-charge-per-key',
    says: 'fix-0-p',
    sql: [
      `update idempotency_keys set response_body = '{"id":"502","orderId":"101"}'
           where idempotency_key = 'fix-0-p'`,
    ],
  },
]
