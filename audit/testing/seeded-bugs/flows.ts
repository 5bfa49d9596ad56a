import { type SeededBug, setOrder } from './bug.ts'

export const flows: readonly SeededBug[] = [
  {
    bug: 'a saga that nobody finished',
    caughtBy: 'sagas-settled',
    says: 'place-order saga 3 is running',
    sql: [`update sagas set status = 'running' where id = 3`],
  },
  {
    bug: 'a half-undone saga',
    caughtBy: 'sagas-settled',
    says: 'saga 8 is undone, its step 0 is not',
    sql: [`update saga_steps set status = 'done' where saga_id = 8 and position = 0`],
  },
  {
    bug: 'a done saga with a step undone',
    caughtBy: 'sagas-settled',
    says: 'saga 1',
    sql: [`update saga_steps set status = 'undone' where saga_id = 1 and position = 1`],
  },
  {
    bug: 'a done saga with a gap',
    caughtBy: 'sagas-settled',
    says: 'saga 1',
    sql: ['delete from saga_steps where saga_id = 1 and position = 1'],
  },
  {
    bug: 'a done saga that stopped before its last step',
    caughtBy: 'sagas-settled',
    says: 'pay-order saga 99 is done with 1 of 1 steps',
    sql: [
      `insert into sagas select 99, 'pay-order', 'fix-2-p', 'done', design, state, 0, now()
       from sagas where id = 1`,
      `insert into saga_steps values (99, 0, 'claim', 'done', '{}')`,
    ],
  },
  {
    bug: 'a done saga that claimed an order and never settled it',
    caughtBy: 'sagas-settled',
    says: 'saga 3 is done with 3 of 3',
    sql: ['delete from saga_steps where saga_id = 3 and position > 2'],
  },
  {
    bug: 'one key done by two sagas',
    caughtBy: 'sagas-settled',
    says: 'fix-2-o was done by sagas 4 and 5',
    sql: [`update sagas set idempotency_key = 'fix-2-o' where id = 5`],
  },
  {
    bug: 'an order stands although its saga was undone',
    caughtBy: 'sagas-settled',
    says: 'pending order 103',
    sql: [
      `update sagas set status = 'undone' where id = 4`,
      `update saga_steps set status = 'undone' where saga_id = 4`,
    ],
  },
  {
    bug: 'an unfinished payment',
    caughtBy: 'orders-terminal',
    says: 'payment 506 of order 110 is still unknown',
    sql: [`update payments set status = 'unknown', live_order_id = 110 where id = 506`],
  },
  {
    bug: 'an order halfway to being cancelled',
    caughtBy: 'orders-terminal',
    says: 'order 103 is still cancelling',
    sql: [`update orders set status = 'cancelling' where id = 103`],
  },
  {
    bug: 'an order that expired and keeps its stock',
    caughtBy: 'orders-terminal',
    says: 'order 103 is pending',
    sql: ['update orders set expires_at = utc_timestamp() - interval 6 second where id = 103'],
  },
  {
    bug: 'a fault was left on',
    caughtBy: 'chaos-off',
    says: 'slow-query',
    evidence: ({ activeFaults }) => activeFaults.push('slow-query'),
  },
  {
    bug: 'an id that two customers were given',
    caughtBy: 'ids-unique-and-ordered',
    says: 'told order 103',
    evidence: setOrder(3, { id: '103' }),
  },
  {
    bug: 'an id that JavaScript rounds',
    caughtBy: 'ids-unique-and-ordered',
    says: '9007199254740993',
    sql: ['update payments set id = 9007199254740993 where id = 504'],
  },
]
