/** What may still be under way after the last answer, by the name a person would give it. */
const openRows = {
  'events not relayed': 'outbox where settled_at is null and relayed_at is null',
  'effects not settled': `outbox where (select count(*) from effects
      where effects.event_id = outbox.event_id and effects.status <> 'again')
    < if(type = 'order.paid', 3, 1)`,
  'sagas not settled': "sagas where status in ('running', 'undoing')",
  'orders taken in and not placed': "order_intakes where status = 'waiting'",
  'orders in between': "orders where status in ('paying', 'cancelling')",
  'expired orders not cancelled': `orders
    where status = 'pending' and expires_at < utc_timestamp(3)`,
  'declined orders not cancelled': `orders join payments on payments.order_id = orders.id
    and payments.status = 'declined' where orders.status = 'pending'`,
  'stock batches not settled': 'stock_batches where settled_at is null',
  'stock reservations not settled': "stock_reservations where status in ('open', 'counted')",
}

/** Of the whole server, other schemas included. */
const openTransactions = {
  'open transactions': 'information_schema.innodb_trx where trx_mysql_thread_id <> connection_id()',
}

/** Of the effects alone: an event counts twice until it is relayed. */
const openEvents = {
  'events not relayed': openRows['events not relayed'],
  'effects not settled': openRows['effects not settled'],
}

/**
 * One statement, so that nothing moves on from what is still to be read to what has been read.
 * @returns a row for each kind: its name, and how many are open
 */
const counting = (kinds: Record<string, string>): string =>
  Object.entries(kinds)
    .map(([name, rows]) => `select '${name}' as name, count(*) as open from ${rows}`)
    .join('\nunion all ')

/** Counts what of a schema is under way. A row: `name`, `open`. */
export const openWorkOfSchema = counting(openRows)

/** The same and the transactions of the server, which must be the schema's alone. */
export const openWorkOfServer = counting({ ...openRows, ...openTransactions })

/** Counts what of the events is under way. */
export const openWorkOfEvents = counting(openEvents)

/** A row of those statements; a count may come as text. */
export interface OpenWork {
  name: string
  open: string | number
}

/** In words, and without what is not open. */
export const openWorkIn = (rows: readonly OpenWork[]): string[] =>
  rows.flatMap(({ name, open }) => (Number(open) > 0 ? `${open} ${name}` : []))
