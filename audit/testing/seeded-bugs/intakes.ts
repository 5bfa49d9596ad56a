import { caughtBy, setOrder } from './bug.ts'

export const intakes = [
  ...caughtBy('intakes-kept', {
    'an order that was taken in and forgotten': {
      says: 'intake 704 of key fix-7-o still waits',
      sql: [`update order_intakes set status = 'waiting', request = '{}' where id = 704`],
    },
    'an intake that a buyer was given and that is lost': {
      says: 'intake 701 of key fix-2-o was given to its client but is not in the database',
      sql: ['delete from order_intakes where id = 701'],
    },
    'an intake that says it is placed, without an order': {
      says: 'intake 704 of key fix-7-o is placed, but has no order',
      sql: [`update orders set idempotency_key = 'other' where id = 108`],
    },
    'an intake whose paid order was undone': {
      says: 'intake 702 of key fix-4-o is placed, but has no order',
      sql: [
        `update order_intakes set response_body = '{"id":"105","payment":{"status":"captured"}}'
         where id = 702`,
      ],
    },
    'two intakes with one order': {
      says: 'intake 704 of key fix-7-o is placed, but has no order',
      sql: [`update order_intakes set response_body = '{"id":"103"}' where id = 704`],
    },
    'a refusal although the order was placed': {
      says: 'intake 704 of key fix-7-o is refused, but has order 108',
      sql: [`update order_intakes set status = 'refused' where id = 704`],
    },
    'a card that is kept after the order': {
      says: 'intake 701 of key fix-2-o has ended and still has its request',
      sql: [`update order_intakes set request = '{}' where id = 701`],
    },
    'a refusal that was answered as an order': {
      says: 'intake 703 of key fix-6-o was answered as order 103, but is refused',
      evidence: setOrder(6, { outcome: 'ok', id: '103' }),
    },
    'an order that was answered as a refusal': {
      says: 'intake 701 of key fix-2-o was answered as refused, but is placed',
      evidence: setOrder(2, { outcome: 'fail', status: 409 }),
    },
  }),
]
