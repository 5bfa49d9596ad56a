import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

export const orderTotals: Checker = {
  name: 'order-totals',
  promise:
    'An order costs what its items cost, a payment is of that amount, and an order is paid if ' +
    'and only if it has exactly one captured payment.',
  exercise: rowsOf('orders', 'orders'),
  check: ({ db }) => violationsIn(db, [wrongTotal, badItem, wrongAmount, notPaidOnce, notOfPaid]),
}

const wrongTotal = `
  select concat('order ', o.id, ' says ', o.total_minor, ', its ', count(i.id), ' items cost ',
                coalesce(sum(i.quantity * i.unit_price_minor), 0)) as violation
  from orders o left join order_items i on i.order_id = o.id
  group by o.id, o.total_minor
  having count(i.id) = 0 or o.total_minor <> sum(i.quantity * i.unit_price_minor)`

const badItem = `
  select concat('item ', i.id, ' (', i.quantity, ' pieces) of order ', i.order_id,
                if(o.id is null, ', which is not there', '')) as violation
  from order_items i left join orders o on o.id = i.order_id
  where o.id is null or i.quantity < 1`

const wrongAmount = `
  select concat('payment ', p.id, ' is of ', p.amount_minor, ', order ', p.order_id,
                coalesce(concat(' of ', o.total_minor), ' is not there')) as violation
  from payments p left join orders o on o.id = p.order_id
  where o.id is null or p.amount_minor <> o.total_minor`

const notPaidOnce = `
  select concat('paid order ', o.id, ' has ', count(p.id), ' captured payments') as violation
  from orders o left join payments p on p.order_id = o.id and p.status = 'captured'
  where o.status = 'paid' group by o.id having count(p.id) <> 1`

const notOfPaid = `
  select concat('payment ', p.id, ' is captured, order ', o.id, ' is ', o.status) as violation
  from payments p join orders o on o.id = p.order_id
  where p.status = 'captured' and o.status <> 'paid'`
