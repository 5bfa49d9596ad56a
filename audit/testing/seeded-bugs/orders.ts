import { copyOf, type SeededBug, setOrder, setPayment } from './bug.ts'

export const lostAndPhantom: readonly SeededBug[] = [
  {
    bug: 'an acknowledged order vanished',
    caughtBy: 'no-lost-order',
    says: 'order 103',
    sql: ['delete from orders where id = 103', 'delete from order_items where order_id = 103'],
  },
  {
    bug: 'an order was undone although the customer had it',
    caughtBy: 'no-lost-order',
    says: 'order 103',
    sql: [
      `update orders set status = 'cancelled', cancel_reason = 'undone',
                  idempotency_key = 'undone-103' where id = 103`,
    ],
  },
  {
    bug: 'an order that the customer paid for is pending',
    caughtBy: 'no-lost-order',
    says: 'is pending',
    sql: [`update orders set status = 'pending' where id = 107`],
  },
  {
    bug: 'the customer was told another total',
    caughtBy: 'no-lost-order',
    says: '4999',
    evidence: setOrder(2, { amountMinor: 4_999 }),
  },
  {
    bug: 'the customer was told of a payment that is not there',
    caughtBy: 'no-lost-order',
    says: 'payment 599',
    evidence: setPayment(0, { id: '599' }),
  },
  {
    bug: 'an order out of nowhere',
    caughtBy: 'no-phantom-order',
    says: 'order 199',
    sql: copyOf('orders', 103, `id = 199, idempotency_key = 'elsewhere-1-o'`),
  },
  {
    bug: 'an order of a journey that never began',
    caughtBy: 'no-phantom-order',
    says: 'order 199',
    sql: copyOf('orders', 103, `id = 199, idempotency_key = 'fix-11-o'`),
  },
  {
    bug: 'an order of a customer who only looked',
    caughtBy: 'no-phantom-order',
    says: 'order 199',
    sql: copyOf('orders', 103, `id = 199, idempotency_key = 'fix-8-o'`),
  },
  {
    bug: 'an order under a second key that was never used',
    caughtBy: 'no-phantom-order',
    says: 'order 199',
    sql: copyOf('orders', 103, `id = 199, idempotency_key = 'fix-2-o-2'`),
  },
  {
    bug: 'an order that calls itself undone and is not',
    caughtBy: 'no-phantom-order',
    says: 'order 105',
    sql: [`update orders set status = 'pending', cancel_reason = null where id = 105`],
  },
  {
    bug: 'a payment that nobody asked for',
    caughtBy: 'no-phantom-order',
    says: 'payment 505',
    sql: [`update payments set idempotency_key = 'fix-2-p' where id = 505`],
  },
]
