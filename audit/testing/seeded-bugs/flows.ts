import { caughtBy, setOrder, setPayment } from './bug.ts'

export const flows = [
  ...caughtBy('sagas-settled', {
    'a saga that was never finished': {
      says: 'place-order saga 3 is running',
      sql: [`update sagas set status = 'running' where id = 3`],
    },
    'a half-undone saga': {
      says: 'saga 8 is undone, its step 0 is not',
      sql: [`update saga_steps set status = 'done' where saga_id = 8 and position = 0`],
    },
    'a done saga with a step undone': {
      says: 'saga 1',
      sql: [`update saga_steps set status = 'undone' where saga_id = 1 and position = 1`],
    },
    'a done saga with a gap': {
      says: 'saga 1',
      sql: ['delete from saga_steps where saga_id = 1 and position = 1'],
    },
    'a done saga that stopped before its last step': {
      says: 'pay-order saga 99 is done with 1 of 1 steps',
      sql: [
        `insert into sagas select 99, 'pay-order', 'fix-2-p', 'done', design, state, 0, now()
         from sagas where id = 1`,
        `insert into saga_steps values (99, 0, 'claim', 'done', '{}')`,
      ],
    },
    'a done saga that claimed an order and never settled it': {
      says: 'saga 3 is done with 3 of 3',
      sql: ['delete from saga_steps where saga_id = 3 and position > 2'],
    },
    'one key done by two sagas': {
      says: 'fix-2-o was done by sagas 4 and 5',
      sql: [`update sagas set idempotency_key = 'fix-2-o' where id = 5`],
    },
    'an order stands although its saga was undone': {
      says: 'pending order 103',
      sql: [
        `update sagas set status = 'undone' where id = 4`,
        `update saga_steps set status = 'undone' where saga_id = 4`,
      ],
    },
  }),
  ...caughtBy('orders-terminal', {
    'an unfinished payment': {
      says: 'payment 506 of order 110 is still unknown',
      sql: [`update payments set status = 'unknown', live_order_id = 110 where id = 506`],
    },
    'an order halfway to being cancelled': {
      says: 'order 103 is still cancelling',
      sql: [`update orders set status = 'cancelling' where id = 103`],
    },
    'an order that expired and keeps its stock': {
      says: 'order 103 is pending',
      sql: ['update orders set expires_at = utc_timestamp() - interval 6 second where id = 103'],
    },
  }),
  ...caughtBy('chaos-off', {
    'a fault was left on': {
      says: 'slow-query',
      evidence: ({ activeFaults }) => activeFaults.push('slow-query'),
    },
  }),
  ...caughtBy('ids-in-order', {
    'a later order has the smaller id': {
      says: 'order 101 was asked for after 104 was acknowledged',
      evidence: setOrder(3, { invokedMs: 0, doneMs: 1 }),
    },
    'a later payment has the smaller id': {
      says: 'payment 501 was asked for after 502 was acknowledged',
      evidence: setPayment(1, { invokedMs: 0, doneMs: 1 }),
    },
  }),
  ...caughtBy('ids-unique-and-ordered', {
    'an id that two customers were given': {
      says: 'given order 103',
      evidence: setOrder(3, { id: '103' }),
    },
    'an id that JavaScript rounds': {
      says: '9007199254740993',
      sql: ['update payments set id = 9007199254740993 where id = 504'],
    },
  }),
]
