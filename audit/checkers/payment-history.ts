import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

export const paymentHistory: Checker = {
  name: 'payment-history',
  promise:
    'The history of each payment, by time, is the way to the state that it is in: requested, ' +
    'then approved, declined or failed, each once. Where the design promises order, so it is by ' +
    'id. No row is of a payment that is not there.',
  exercise: rowsOf('states in the history of payments', 'payment_history'),
  check: ({ db, idsInOrder }) =>
    violationsIn(db, [
      otherWay('by time', `h.created_at, h.state <> 'requested', h.id`),
      ...(idsInOrder ? [otherWay('by id', 'h.id')] : []),
      ofNoPayment,
    ]),
}

const otherWay = (how: string, order: string) => `
  select concat('payment ', id, ' is ', status, ', its history ${how} is ', way) as violation
  from (
    select p.id, p.status,
           coalesce(group_concat(h.state order by ${order} separator ', '), 'empty') as way
    from payments p left join payment_history h on h.payment_id = p.id
    group by p.id, p.status) ways
  where way <> case status when 'captured' then 'requested, approved'
                           when 'declined' then 'requested, declined'
                           when 'failed' then 'requested, failed'
                           else 'requested' end`

const ofNoPayment = `
  select concat('row ', h.id, ' (', h.state, ') is of payment ', h.payment_id,
                ', which is not there') as violation
  from payment_history h left join payments p on p.id = h.payment_id where p.id is null`
