import { caughtBy, copyOf, setJourney, setOrder, setPayment } from './bug.ts'

/** A copy of an order under a key of its own. */
const secondOrder = (key: string) => ({
  says: 'order 199',
  sql: copyOf('orders', 103, `id = 199, idempotency_key = '${key}'`),
})

export const lostAndPhantom = [
  ...caughtBy('no-lost-order', {
    'an acknowledged order vanished': {
      says: 'order 103',
      sql: ['delete from orders where id = 103', 'delete from order_items where order_id = 103'],
    },
    'an order was undone although the customer had it': {
      says: 'order 103',
      sql: [
        `update orders set status = 'cancelled', cancel_reason = 'undone',
                    idempotency_key = null where id = 103`,
      ],
    },
    'an order that the customer paid for is pending': {
      says: 'is pending',
      sql: [`update orders set status = 'pending' where id = 107`],
    },
    'the customer was answered with another total': {
      says: '4999',
      evidence: setOrder(2, { amountMinor: 4_999 }),
    },
    'the customer cancelled an order that stands': {
      says: 'order 103 of key fix-2-o was acknowledged as cancelled but is pending',
      evidence: setJourney(2, { cancelled: true }),
    },
    'the customer was answered with a payment that is missing': {
      says: 'payment 599',
      evidence: setPayment(0, { id: '599' }),
    },
  }),
  ...caughtBy('no-phantom-order', {
    'an order under an unknown key': secondOrder('elsewhere-1-o'),
    'an order of a journey that never began': secondOrder('fix-11-o'),
    'an order of a customer who only looked': secondOrder('fix-8-o'),
    'an order under a second key that was never used': secondOrder('fix-2-o-2'),
    'an order that calls itself undone and is not': {
      says: 'order 105',
      sql: [`update orders set status = 'pending', cancel_reason = null where id = 105`],
    },
    'a payment that no client asked for': {
      says: 'payment 505',
      sql: [`update payments set idempotency_key = 'fix-2-p' where id = 505`],
    },
  }),
]
