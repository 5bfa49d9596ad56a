import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { isEmpty, unknown, violationsIn } from '../findings.ts'

export const stockConserved: Checker = {
  name: 'stock-conserved',
  promise:
    'For every option, initial stock = stock on hand + the units that live orders (pending, ' +
    'paying, paid) hold, and stock is never below zero; where stock is derived, on hand is the ' +
    'total less the lines.',
  exercise: rowsOf('items that took from stock', 'order_items where units > 0'),
  async check({ db }) {
    if (await isEmpty(db, 'product_options')) return unknown('there is no option at all')
    return await violationsIn(db, [negative, drifted, orphanedItems])
  },
}

const held = `
  select i.option_id, sum(i.units) as units
  from orders o join order_items i on i.order_id = o.id
  where o.status in ('pending', 'paying', 'paid') group by i.option_id`

const onHand = `
  select p.id, p.initial_stock, p.stock - coalesce(l.units, 0) as stock
  from product_options p left join (
    select option_id, sum(quantity) as units from stock_lines group by option_id
  ) l on l.option_id = p.id`

const negative = `
  select concat('option ', id, ' has a stock of ', stock) as violation
  from (${onHand}) p where stock < 0`

const drifted = `
  select concat('option ', p.id, ' began with ', p.initial_stock, ', has ', p.stock,
                ' and orders hold ', coalesce(h.units, 0)) as violation
  from (${onHand}) p left join (${held}) h on h.option_id = p.id
  where p.initial_stock <> p.stock + coalesce(h.units, 0)`

const orphanedItems = `
  select concat('item ', i.id, ' is ', i.quantity, ' of option ', i.option_id,
                ', which is not there') as violation
  from order_items i left join product_options p on p.id = i.option_id where p.id is null`
