/** Names that the worker and the partners' ledger use; docs/architecture.md has the flow. */
export const partnerSinks = ['data-platform', 'messages'] as const

export const paidEventOf = (orderId: string): string => `order-paid-${orderId}`

const handlers = `('best-sellers', 'data-platform', 'messages')`

/** Counted event by event: as a join, the plan changes with the server's statistics, tenfold. */
const appliedTo = `
  (select count(*) from effects e
   where e.event_id = outbox.event_id and e.status in ('done', 'dead')
     and e.handler in ${handlers})`

/** Events of paid orders that do not have each of their three effects, done or dead. */
export const uneffectedSales = `
  select concat(event_id, ' has ', ${appliedTo}, ' of its 3 effects') as violation
  from outbox where type = 'order.paid' and ${appliedTo} <> 3`

/** Alerts whose delivery was neither done nor given up. */
export const unsentAlerts = `
  select concat(o.event_id, ' was not sent') as violation
  from outbox o
  left join effects e on e.event_id = o.event_id and e.status in ('done', 'dead')
    and e.handler = 'slack'
  where o.type <> 'order.paid' and e.event_id is null`

/** Events of sales that were not made, or that carry another name than the order's own. */
export const phantomSales = `
  select concat(o.event_id, ' is not the event of a paid order') as violation
  from outbox o
  left join orders p on p.id = cast(substring(o.event_id, 12) as unsigned)
    and o.event_id = concat('order-paid-', p.id) and p.status = 'paid'
  where o.type = 'order.paid' and p.id is null`

/** An effect in memory has no event in the outbox: its paid order stands for it. */
export const strayEffects = `
  select concat('effect ', e.handler, ' of ', e.event_id, ' belongs to no event') as violation
  from effects e
  left join outbox o on o.event_id = e.event_id
    and if(o.type = 'order.paid', e.handler in ${handlers}, e.handler = 'slack')
  left join orders p on p.id = cast(substring(e.event_id, 12) as unsigned)
    and e.event_id = concat('order-paid-', p.id) and p.status = 'paid' and e.handler in ${handlers}
  where o.event_id is null and p.id is null`

/** Tries of one life of an effect; each death has its alert, the second one's ends in -2. */
const triesMax = 3

/** A dead alert raises no alert. */
export const deadInSilence = `
  select concat('effect ', e.handler, ' of ', e.event_id, ' is dead without an alert') as violation
  from effects e
  left join outbox a on a.event_id = concat('alert-', e.event_id, '-', e.handler,
    if(e.attempts > ${triesMax}, concat('-', ceil(e.attempts / ${triesMax})), ''))
  where e.status = 'dead' and e.handler <> 'slack' and a.event_id is null`

/** Of the n-th death of an effect: it is dead now, or has had more tries than n lives have. */
export const needlessAlerts = `
  select concat('event ', a.event_id, ' is neither a sale nor the alert of a dead effect')
         as violation
  from (
    select event_id, regexp_replace(event_id, '-[0-9]+$', '') as first,
           greatest(1, cast(substring_index(event_id, '-', -1) as unsigned)) as death
    from outbox where type <> 'order.paid') a
  left join (
    select concat('alert-', event_id, '-', handler) as first, attempts,
           status in ('dead', 'again') as isDead
    from effects where handler <> 'slack' and (status <> 'done' or attempts > ${triesMax})) e
    on e.first = a.first
      and (e.attempts > ${triesMax} * a.death
        or e.isDead and e.attempts = ${triesMax} * a.death)
  where e.first is null`

/**
 * Over the days since the first order (earlier ones are the seed's), without dead counts and
 * without gifts, which were not bought.
 */
export const miscounted = `
  select concat('option ', option_id, ' sold ', sum(sold), ', best-sellers have ', sum(counted))
         as violation
  from (
    select i.option_id, sum(i.quantity) as sold, 0 as counted
    from orders o join order_items i on i.order_id = o.id and i.unit_price_minor > 0
    where o.status = 'paid' group by i.option_id
    union all
    select i.option_id, -i.quantity, 0
    from effects d
    join orders o on o.id = cast(substring(d.event_id, 12) as unsigned)
      and d.event_id = concat('order-paid-', o.id) and o.status = 'paid'
    join order_items i on i.order_id = o.id and i.unit_price_minor > 0
    where d.handler = 'best-sellers' and d.status = 'dead'
    union all
    select option_id, 0, total_sold from daily_popular_products
    where sold_date >= (select date(min(created_at)) from orders)
  ) sales
  group by option_id having sum(sold) <> sum(counted)`
