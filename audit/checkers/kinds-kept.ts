import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { isEmpty, unknown, violationsIn } from '../findings.ts'

export const kindsKept: Checker = {
  name: 'kinds-kept',
  promise:
    'An item holds the units of its kind (two a piece for one-plus-one, none for a reservation), ' +
    'a gift belongs to an order with what brings it, and quotas and the shares of customers are ' +
    'what live orders hold.',
  exercise: rowsOf(
    'items of other kinds than plain, and gifts',
    `order_items i join product_options p on p.id = i.option_id
     where p.kind <> 'normal' or i.unit_price_minor = 0`,
  ),
  async check({ db }) {
    if (await isEmpty(db, 'product_options')) return unknown('there is no option at all')
    return await violationsIn(db, [wrongUnits, strayGifts, wrongQuota, overQuota, wrongShare])
  },
}

/** What costs nothing is a gift: all of it, or none where it was sold out. */
const wrongUnits = `
  select concat('item ', i.id, ' is ', i.quantity, ' pieces of ',
                if(i.unit_price_minor = 0, 'a gift', p.kind), ' and holds ', i.units, ' units')
         as violation
  from order_items i join product_options p on p.id = i.option_id
  where if(i.unit_price_minor = 0, i.units not in (0, i.quantity),
           i.units <> case p.kind when 'one-plus-one' then 2 * i.quantity
                                  when 'reservation' then 0 else i.quantity end)`

const strayGifts = `
  select concat('order ', order_id, ' has ', sum(given), ' gifts of option ', option_id,
                ', its items bring ', sum(brought)) as violation
  from (
    select order_id, option_id, quantity as given, 0 as brought
    from order_items where unit_price_minor = 0
    union all
    select i.order_id, p.gift_option_id, 0, i.quantity
    from product_options p join order_items i on i.option_id = p.id and i.unit_price_minor > 0
    where p.kind = 'gift' and p.gift_option_id is not null
  ) gifts
  group by order_id, option_id having sum(given) <> sum(brought)`

const held = `
  select o.user_id, i.option_id, i.quantity
  from orders o join order_items i on i.order_id = o.id and i.unit_price_minor > 0
  where o.status in ('pending', 'paying', 'paid')`

const wrongQuota = `
  select concat('option ', p.id, ' (', p.kind, ') has ', p.quota_taken,
                ' of its quota taken, orders hold ', coalesce(h.pieces, 0)) as violation
  from product_options p left join (
    select option_id, sum(quantity) as pieces from (${held}) items group by option_id
  ) h on h.option_id = p.id and p.kind in ('reservation', 'promotion')
  where p.quota_taken <> coalesce(h.pieces, 0)`

const overQuota = `
  select concat('option ', id, ' has ', quota_taken, ' taken of a quota of ', quota) as violation
  from product_options where quota_taken > quota`

const wrongShare = `
  select concat('user ', user_id, ' has had ', sum(claimed), ' pieces of promotion ', option_id,
                ', orders hold ', sum(pieces)) as violation
  from (
    select user_id, option_id, quantity as claimed, 0 as pieces from promotion_claims
    union all
    select h.user_id, h.option_id, 0, h.quantity
    from (${held}) h join product_options p on p.id = h.option_id and p.kind = 'promotion'
  ) shares
  group by user_id, option_id having sum(claimed) <> sum(pieces)`
