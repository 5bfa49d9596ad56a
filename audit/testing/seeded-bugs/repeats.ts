import { caughtBy, copyOf, setOrder } from './bug.ts'

export const refusedAndRepeated = [
  ...caughtBy('fail-means-fail', {
    'a refused key has an order': {
      says: 'sold-out',
      sql: copyOf('orders', 103, `id = 199, idempotency_key = 'fix-6-o'`),
    },
    'a declined card was charged': {
      says: 'payment 503',
      sql: [`update payments set status = 'captured', live_order_id = 104 where id = 503`],
    },
    'a refused payment, yet the order is paid': {
      says: 'order 104',
      sql: [`update orders set status = 'paid' where id = 104`],
    },
  }),
  ...caughtBy('one-order-per-key', {
    'an answer named the order of another key': {
      says: 'belongs to key fix-2-o',
      evidence: setOrder(0, { id: '103' }),
    },
    'replays name another order': {
      says: 'name order 103 instead of 101',
      sql: [
        `update idempotency_keys set response_body = '{"id":"103"}'
             where idempotency_key = 'fix-0-o'`,
      ],
    },
  }),
  ...caughtBy('one-charge-per-key', {
    'two live payments under one key': {
      says: 'key fix-5-p has 2',
      sql: copyOf(
        'payments',
        505,
        `id = 599, order_id = 106, live_order_id = 106, reference = 'second'`,
      ),
    },
    'a live payment that the unique index does not guard': {
      says: 'payment 505 of order 107 is not marked',
      sql: ['update payments set live_order_id = null where id = 505'],
    },
    'double capture at the bank under one reference': {
      says: 'captured',
      evidence: ({ bank }) => bank.push(...bank.slice(0, 1)),
    },
    'double capture at the bank, by two keys of one order': {
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
    'a retry under one key went to the bank under a new reference': {
      says: '2 references',
      sql: copyOf('payments', 503, `id = 599, reference = 'second'`),
    },
    'replays name another payment': {
      says: 'fix-0-p',
      sql: [
        `update idempotency_keys set response_body = '{"id":"502","orderId":"101"}'
             where idempotency_key = 'fix-0-p'`,
      ],
    },
  }),
]
