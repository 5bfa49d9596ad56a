import type { SeededBug } from './bug.ts'

export const warehouse: readonly SeededBug[] = [
  {
    bug: 'a paid order that the warehouse never heard of',
    caughtBy: 'dispatched-once',
    says: 'paid order 107 is not known',
    sql: ['delete from dispatches where order_id = 107'],
  },
  {
    bug: 'an unpaid order that the warehouse is to pick',
    caughtBy: 'dispatched-once',
    says: 'order 103, which is not paid',
    sql: [`insert into dispatches values (103, 'waiting', null, now(), null)`],
  },
  {
    bug: 'an order that is taken by nobody',
    caughtBy: 'dispatched-once',
    says: 'order 102 is taken in the warehouse, its worker is nobody',
    sql: ['update dispatches set worker = null where order_id = 102'],
  },
  {
    bug: 'an order that waits although a worker has it',
    caughtBy: 'dispatched-once',
    says: 'order 102 is waiting in the warehouse, its worker is picker-2',
    sql: [`update dispatches set status = 'waiting' where order_id = 102`],
  },
]
