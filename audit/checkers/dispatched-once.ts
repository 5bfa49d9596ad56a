import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { judged, merged, violationsIn } from '../findings.ts'

/** Holds for every design: the table is the truth, whatever hands its rows out. */
export const dispatchedOnce: Checker = {
  name: 'dispatched-once',
  promise:
    'Every paid order, and no other, is known to the warehouse, and has a worker exactly where ' +
    'it is taken or done; none was handed to two workers.',
  exercise: rowsOf('orders that a worker took', `dispatches where status <> 'waiting'`),
  check: async ({ db, handedOutTwice = [] }) =>
    merged([
      judged(handedOutTwice),
      await violationsIn(db, [unknownToWarehouse, unpaid, halfTaken]),
    ]),
}

const unknownToWarehouse = `
  select concat('paid order ', o.id, ' is not known to the warehouse') as violation
  from orders o left join dispatches d on d.order_id = o.id
  where o.status = 'paid' and d.order_id is null`

const unpaid = `
  select concat('the warehouse has order ', d.order_id, ', which is not paid') as violation
  from dispatches d left join orders o on o.id = d.order_id and o.status = 'paid'
  where o.id is null`

const halfTaken = `
  select concat('order ', order_id, ' is ', status, ' in the warehouse, its worker is ',
                coalesce(worker, 'missing')) as violation
  from dispatches
  where case status
    when 'waiting' then worker is not null or taken_at is not null
    when 'taken' then worker is null or taken_at is null
    when 'done' then worker is null or taken_at is null
    else true end`
