import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

export const ordersTerminal: Checker = {
  name: 'orders-terminal',
  promise:
    'At rest no order is half-way paid or cancelled, none is pending more than 5 s past its ' +
    'expiry, and no payment is without an outcome.',
  exercise: rowsOf('orders that were cancelled or expired', `orders where status = 'cancelled'`),
  check: ({ db }) => violationsIn(db, [halfway, overdue, open]),
}

const halfway = `
  select concat('order ', id, ' is still ', status) as violation
  from orders where status not in ('pending', 'paid', 'cancelled')`

/** Times are stored in UTC, whatever the time zone of the session. */
const overdue = `
  select concat('order ', id, ' is pending, it expired at ', expires_at, ' UTC') as violation
  from orders
  where status = 'pending' and expires_at < utc_timestamp(3) - interval 5 second`

const open = `
  select concat('payment ', id, ' of order ', order_id, ' is still ', status) as violation
  from payments where status not in ('captured', 'declined', 'failed')`
