import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

export const stockGrants: Checker = {
  name: 'stock-grants',
  promise:
    'Every batch of merged takes is settled, and its units are those of its claims and those ' +
    'that went back; no claim lacks its batch; every reservation of a counter is settled or ' +
    'refused.',
  exercise: rowsOf(
    'batches and reservations',
    '(select id from stock_batches union all select 0 from stock_reservations) as grants',
  ),
  check: ({ db }) => violationsIn(db, [unsettled, unequal, orphanedClaims, mistaken, open]),
}

const unsettled = `
  select concat('batch ', id, ' of ', quantity, ' units of option ', option_id,
                ' is not settled') as violation
  from stock_batches where settled_at is null`

const unequal = `
  select concat('batch ', b.id, ' of ', b.quantity, ' units: ', coalesce(c.units, 0),
                ' claimed, ', b.returned, ' returned') as violation
  from stock_batches b left join (
    select batch_id, sum(quantity) as units from stock_claims group by batch_id
  ) c on c.batch_id = b.id
  where b.settled_at is not null
    and (b.quantity <> coalesce(c.units, 0) + b.returned or b.returned < 0)`

const orphanedClaims = `
  select concat('claim ', c.ticket, ' is of batch ', c.batch_id, ', which is not there')
         as violation
  from stock_claims c left join stock_batches b on b.id = c.batch_id where b.id is null`

const mistaken = `
  select concat('claim ', c.ticket, ' of batch ', c.batch_id, ' is for ', c.quantity,
                ' units of option ', c.option_id) as violation
  from stock_claims c join stock_batches b on b.id = c.batch_id
  where c.option_id <> b.option_id or c.quantity < 1`

const open = `
  select concat('reservation ', id, ' of ', quantity, ' units of option ', option_id, ' is ',
                status) as violation
  from stock_reservations where status not in ('settled', 'refused')`
