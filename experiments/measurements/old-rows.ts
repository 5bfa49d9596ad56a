import { type Connection, createConnection } from 'mysql2/promise'

/** Rows of one statement: a transaction that the server ends in a second or two. */
const rowsEach = 50_000
const statementMsMax = 120_000
/** Ids of old rows begin above all that a run gives. */
const firstId = 1_000_000_000_000
const minorEach = 1500
/** The options below it have kinds and limits of their own. */
const plainFrom = 101

/** What a shop has from earlier sales. */
export interface OldRows {
  /** Paid from the balance and handed out, with one item each. */
  orders: number
  /** Idempotency keys of this day, with their answers. */
  keys: number
}

/** Rows that retention is to delete, a turn of which begins within five seconds. */
export interface ExpiredRows {
  keys: number
  /** Events with three effects each. */
  events: number
}

/**
 * Writes rows of earlier sales into a seeded schema by SQL, such that the audit stays green: what
 * was paid and taken is added to the balances and stocks that there were at the start.
 * @param url mysql://…/schema
 * @param of users 1 to n, and options 101 to n, to which the orders are spread
 */
export async function writeOldRows(
  url: string,
  { orders, keys }: OldRows,
  of: { users: number; options: number },
): Promise<void> {
  await withNumbers(url, async (db) => {
    await inParts(orders, (from, to) => ordersFrom(db, from, to, of))
    await db.query(
      `update users join (select user_id, count(*) as orders from orders where id > ${firstId}
         group by user_id) old on old.user_id = users.id
       set initial_balance_minor = initial_balance_minor + old.orders * ${minorEach}`,
    )
    await db.query(
      `update product_options join (select option_id, sum(units) as units from order_items
         where id > ${firstId} group by option_id) old on old.option_id = product_options.id
       set initial_stock = initial_stock + old.units`,
    )
    await inParts(keys, (from, to) => keysFrom(db, { from, to, name: 'old', ageHours: 1 }))
    await db.query('analyze table orders, order_items, payments, payment_history')
    await db.query('analyze table balance_entries, dispatches, idempotency_keys')
  })
}

/** Writes rows whose time is over. */
export async function writeExpired(url: string, { keys, events }: ExpiredRows): Promise<void> {
  await withNumbers(url, async (db) => {
    await inParts(keys, (from, to) => keysFrom(db, { from, to, name: 'expired', ageHours: 48 }))
    await inParts(events, async (from, to) => {
      const range = `from old_numbers where n > ${from} and n <= ${to}`
      const moment = 'utc_timestamp(3) - interval 10 day'
      await db.query(
        `insert into effects (event_id, handler, status, attempts, created_at)
         select concat('expired-', n), handler, 'done', 1, ${moment}
         from old_numbers cross join (select 'a' as handler union select 'b' union select 'c') h
         where n > ${from} and n <= ${to}`,
      )
      await db.query(
        `insert into outbox (event_id, type, payload, created_at, relayed_at, settled_at)
         select concat('expired-', n), 'measured', '{}', ${moment}, ${moment}, ${moment} ${range}`,
      )
    })
  })
}

/** How many rows retention has left of those that `writeExpired` wrote. */
export async function expiredLeft(url: string): Promise<number> {
  const db = await connectionTo(url)
  try {
    const [rows] = await db.query(
      `select (select count(*) from idempotency_keys
               where created_at < utc_timestamp(3) - interval 25 hour)
            + (select count(*) from outbox where event_id like 'expired-%')
            + (select count(*) from effects where event_id like 'expired-%') as rows_left`,
    )
    return Number((rows as { rows_left: unknown }[])[0]?.rows_left)
  } finally {
    await db.end()
  }
}

const connectionTo = (url: string) => createConnection({ uri: url, connectTimeout: 5000 })

/** With a table of the numbers 1 to `rowsEach` and more, which both servers can select from. */
async function withNumbers(url: string, work: (db: Connection) => Promise<void>): Promise<void> {
  const db = await connectionTo(url)
  const query = db.query.bind(db)
  // Every statement has an end, also where the server hangs.
  db.query = ((sql: string) => query({ sql, timeout: statementMsMax })) as typeof db.query
  try {
    await db.query('create table old_numbers (n int unsigned not null primary key)')
    await db.query('insert into old_numbers values (1)')
    for (let count = 1; count < numbersMax; count *= 2) {
      await db.query(`insert into old_numbers select n + ${count} from old_numbers`)
    }
    await work(db)
  } finally {
    await db.query('drop table if exists old_numbers').catch(() => {})
    db.destroy()
  }
}

const numbersMax = 2 ** 20

async function inParts(count: number, write: (from: number, to: number) => Promise<unknown>) {
  if (count > numbersMax) throw new Error(`at most ${numbersMax} rows, asked for were ${count}`)
  for (let from = 0; from < count; from += rowsEach) {
    await write(from, Math.min(count, from + rowsEach))
  }
}

async function ordersFrom(
  db: Connection,
  from: number,
  to: number,
  { users, options }: { users: number; options: number },
): Promise<void> {
  const range = `from old_numbers where n > ${from} and n <= ${to}`
  const id = `${firstId} + n`
  const user = `1 + n % ${users}`
  const then = 'utc_timestamp(3) - interval 30 day'
  const statements = [
    `insert into orders (id, user_id, status, total_minor, idempotency_key, created_at, expires_at)
     select ${id}, ${user}, 'paid', ${minorEach}, concat('old-order-', n), ${then}, ${then}
     ${range}`,
    `insert into order_items (id, order_id, option_id, quantity, units, unit_price_minor)
     select ${id}, ${id}, o.id, 1, 1, ${minorEach}
     from old_numbers join product_options o on o.id = ${plainFrom} + n % ${options - plainFrom + 1}
     where n > ${from} and n <= ${to}`,
    `insert into payments (id, order_id, live_order_id, method, status, amount_minor, reference,
                           idempotency_key, created_at)
     select ${id}, ${id}, ${id}, 'balance', 'captured', ${minorEach}, concat('old-', n),
            concat('old-payment-', n), ${then} ${range}`,
    `insert into payment_history (id, payment_id, state, created_at)
     select ${firstId} + 2 * n + step, ${id}, state, ${then}
     from old_numbers
     cross join (select 0 as step, 'requested' as state union select 1, 'approved') states
     where n > ${from} and n <= ${to}`,
    `insert into balance_entries (reference, user_id, amount_minor, created_at)
     select concat('payment-old-', n), ${user}, -${minorEach}, ${then} ${range}`,
    `insert into dispatches (order_id, status, worker, queued_at, taken_at)
     select ${id}, 'done', 'w0', ${then}, utc_timestamp(3) ${range}`,
  ]
  for (const statement of statements) await db.query(statement)
}

const keysFrom = (
  db: Connection,
  { from, to, name, ageHours }: { from: number; to: number; name: string; ageHours: number },
) =>
  db.query(
    `insert into idempotency_keys (idempotency_key, fingerprint, owner, locked_until,
                                   response_status, response_body, created_at)
     select concat('${name}-', n), sha2(n, 256), '', utc_timestamp(3), 201, repeat('x', 300),
            utc_timestamp(3) - interval ${ageHours} hour
     from old_numbers where n > ${from} and n <= ${to}`,
  )
