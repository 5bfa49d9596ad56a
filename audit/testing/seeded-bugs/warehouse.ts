import { caughtBy } from './bug.ts'

export const warehouse = [
  ...caughtBy('dispatched-once', {
    'a paid order that the warehouse does not know': {
      says: 'paid order 107 is not known',
      sql: ['delete from dispatches where order_id = 107'],
    },
    'an unpaid order that the warehouse is to pick': {
      says: 'order 103, which is not paid',
      sql: [`insert into dispatches values (103, 'waiting', null, now(), null)`],
    },
    'a taken order without its worker': {
      says: 'order 102 is taken in the warehouse, its worker is missing',
      sql: ['update dispatches set worker = null where order_id = 102'],
    },
    'an order that two workers were handed': {
      says: 'order 101 was handed to w0 and w1',
      evidence: (evidence) => {
        evidence.handedOutTwice = ['order 101 was handed to w0 and w1']
      },
    },
    'an order that waits although a worker has it': {
      says: 'order 102 is waiting in the warehouse, its worker is picker-2',
      sql: [`update dispatches set status = 'waiting' where order_id = 102`],
    },
  }),
]
