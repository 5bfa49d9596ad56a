import { type SQL, sql } from 'drizzle-orm'
import type { Charge } from '../bank/ledger.ts'
import type { Connections } from '../db/connections.ts'
import { rowsOf } from '../db/statements.ts'

const live = sql`('pending', 'paying', 'paid', 'cancelling')`

/** Each finds what must not be, one line a finding, once nothing is under way any more. */
const findings: SQL[] = [
  sql`select concat('option ', id, ': ', initial_stock, ' were there, ', kept, ' are left, ',
                    held, ' are ordered') as finding
      from (select p.id, p.initial_stock,
              p.stock - coalesce((select sum(quantity) from stock_lines
                                  where option_id = p.id), 0) as kept,
              coalesce((select sum(units) from order_items join orders o on o.id = order_id
                        where o.status in ${live} and option_id = p.id), 0) as held
            from product_options p) counted
      where kept < 0 or initial_stock <> kept + held`,
  sql`select concat('option ', id, ': ', quota_taken, ' of its quota are taken, ', held,
                    ' are ordered') as finding
      from (select p.id, p.quota_taken,
              if(p.kind in ('reservation', 'promotion'), coalesce((
                select sum(quantity) from order_items join orders o on o.id = order_id
                where o.status in ${live} and option_id = p.id and unit_price_minor > 0), 0), 0)
              as held
            from product_options p) counted
      where quota_taken <> held`,
  sql`select concat('customer ', user_id, ' of promotion ', option_id, ': ', sum(claimed),
                    ' are claimed, ', sum(held), ' are ordered') as finding
      from (select user_id, option_id, quantity as claimed, 0 as held from promotion_claims
            union all
            select o.user_id, option_id, 0, quantity
            from order_items join orders o on o.id = order_id
            join product_options p on p.id = option_id and p.kind = 'promotion'
            where o.status in ${live} and unit_price_minor > 0) claims
      group by user_id, option_id having sum(claimed) <> sum(held)`,
  sql`select concat('order ', o.id, ': total ', total_minor, ', items ',
                    coalesce(sum(i.quantity * i.unit_price_minor), 0)) as finding
      from orders o left join order_items i on i.order_id = o.id
      group by o.id, total_minor
      having total_minor <> coalesce(sum(i.quantity * i.unit_price_minor), 0)`,
  sql`select concat('order ', o.id, ' is ', o.status, ' with ', count(p.id), ' captures') as finding
      from orders o left join payments p on p.order_id = o.id and p.status = 'captured'
        and p.amount_minor = o.total_minor
      group by o.id, o.status having count(p.id) <> if(o.status = 'paid', 1, 0)`,
  sql`select concat('order ', id, ' is stuck in ', status) as finding
      from orders where status in ('paying', 'cancelling')`,
  sql`select concat('payment ', id, ' is stuck in ', status) as finding
      from payments where status in ('sent', 'unknown')`,
  sql`select concat('saga ', id, ' is ', status) as finding from sagas
      where status not in ('done', 'undone')`,
  sql`select concat('step ', position, ' of saga ', id, ' (', s.status, ') is ', t.status)
        as finding
      from sagas s join saga_steps t on t.saga_id = s.id
      where t.status <> s.status and not (s.status = 'undone' and t.status = 'fenced')`,
  sql`select concat('user ', u.id, ' has ', balance_minor) as finding
      from users u left join balance_entries e on e.user_id = u.id
      group by u.id, balance_minor, initial_balance_minor
      having balance_minor < 0
        or balance_minor <> initial_balance_minor + coalesce(sum(e.amount_minor), 0)`,
  sql`select concat('payment ', p.id, ' by balance is ', p.status, ', entries: ',
                    count(e.reference)) as finding
      from payments p left join balance_entries e
        on e.reference = concat('payment-', p.reference) and e.amount_minor = -p.amount_minor
      where p.method = 'balance' group by p.id, p.status
      having count(e.reference) <> if(p.status = 'captured', 1, 0)`,
  sql`select concat('batch ', b.id, ' of ', b.quantity, ': ', coalesce(sum(c.quantity), 0),
                    ' claimed, ', b.returned, ' returned, ',
                    if(b.settled_at is null, 'open', 'settled')) as finding
      from stock_batches b left join stock_claims c on c.batch_id = b.id
      group by b.id, b.quantity, b.returned, b.settled_at
      having b.settled_at is null or b.quantity <> coalesce(sum(c.quantity), 0) + b.returned`,
  sql`select concat('reservation ', id, ' is ', status) as finding from stock_reservations
      where status not in ('settled', 'refused')`,
]

/**
 * Looks whether stock, money, orders and sagas agree, and our card payments with the bank's book.
 * @returns what does not, a line each; empty = all is well
 */
export async function audit(
  connections: Connections,
  charges: readonly Charge[],
): Promise<string[]> {
  return await connections.use(async (db) => {
    const found: string[] = []
    for (const query of findings) {
      found.push(...(await rowsOf<{ finding: string }>(db, query)).map(({ finding }) => finding))
    }
    const ours = await rowsOf<{ line: string }>(
      db,
      sql`select concat(reference, ' ', amount_minor) as line from payments
          where method = 'card' and status = 'captured'`,
    )
    return [...found, ...differences(new Set(ours.map(({ line }) => line)), charges)]
  })
}

function differences(ours: Set<string>, charges: readonly Charge[]): string[] {
  const captured = charges.filter(({ status }) => status === 'captured')
  const theirs = new Set(captured.map((charge) => `${charge.reference} ${charge.amountMinor}`))
  return [
    ...[...theirs.difference(ours)].map((line) => `only the bank has ${line}`),
    ...[...ours.difference(theirs)].map((line) => `only we have ${line}`),
  ]
}
