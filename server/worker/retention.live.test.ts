import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { type EffectsWorker, openEffectsWorker } from '../testing/effects-worker.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { balance, card } from '../testing/shopping.ts'
import { sweepOverdue } from './relay.ts'
import { openRetention, retentions } from './retention.ts'

const world = withWorld('retention')
let worker: EffectsWorker

/** All of it, as if so much time had passed. */
async function pruneAll(keptMs?: number) {
  for (const one of retentions) {
    const turn = openRetention(one, world.others.connections, keptMs)
    while (await turn());
  }
}

const pruned = [
  'order_intakes',
  'idempotency_keys',
  'sagas',
  'saga_steps',
  'outbox',
  'effects',
  'dispatches',
]

async function counts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const name of pruned) {
    const [row] = await world.query<{ count: string }>(
      sql`select count(*) as count from ${sql.identifier(name)}`,
    )
    found[name] = Number(row?.count)
  }
  return found
}

/** Tables whose rows are kept, or deleted elsewhere, and why. */
const kept: Record<string, string> = {
  orders: 'a record of the sale',
  design_log: 'a record of who changed the design, a row a change',
  order_items: 'a record of the sale',
  payments: 'a record of the sale',
  payment_history: 'a record of the sale',
  balance_entries: 'a record of the sale',
  daily_popular_products: 'a record of the sale, a row a day and option',
  stock_lines: 'what is left of the stock, under the design that derives it',
  promotion_claims: 'what is left of a quota, a row a customer',
  cart_items: 'bounded by the customers',
  users: 'seeded',
  products: 'seeded',
  product_options: 'seeded',
  sequences: 'a row a sequence',
  replaced_tickets: 'a row a sequence',
  ticket_marks: 'a row a sequence',
  stock_counters: 'a row an option',
  coupon_partners: 'seeded',
  coupon_products: 'seeded',
  coupon_numbers: 'a record of what was issued',
  coupon_requests: 'a record of what was issued',
  coupon_issues: 'a record of what was issued',
  coupon_redemptions: 'a record of the sale',
  stock_batches: 'deleted by the option that writes them',
  stock_claims: 'deleted by the option that writes them',
  stock_reservations: 'deleted by the option that writes them',
}

describeLive('retention', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  beforeAll(async () => {
    worker = await openEffectsWorker(world, undefined)
  })
  afterAll(() => worker.close())

  test('every table is deleted from, or kept for a reason', async () => {
    const tables = await world.query<{ name: string }>(sql`
      select table_name as name from information_schema.tables
      where table_schema = database() and table_name not like '%migrations%'`)
    const names = tables.map(({ name }) => name).toSorted()
    expect(names).toEqual([...Object.keys(kept), ...pruned].toSorted())
  })

  test('what has served and is old goes, what is open or young stays', async () => {
    for (const payment of [balance, card]) await world.place('after', ['1x1'], { payment })
    await worker.settle()
    await world.query(sql`update outbox set relayed_at = '2001-01-01'`)
    expect(await sweepOverdue(world.others.connections)).toEqual({ overdue: 0, isMore: false })
    await world.query(sql`update dispatches set status = 'done', taken_at = '2001-01-01'`)
    await world.query(sql`insert into idempotency_keys
      (idempotency_key, fingerprint, locked_until, created_at)
      values ('old', '', utc_timestamp(), utc_timestamp() - interval 25 hour),
             ('new', '', utc_timestamp(), utc_timestamp() - interval 23 hour)`)
    await world.killAt('payment.collecting', () => world.place('after', ['1x1'], { payment: card }))
    const before = await counts()
    await pruneAll()
    expect(await counts()).toEqual({ ...before, idempotency_keys: 1, dispatches: 0 })
    await world.query(sql`update sagas set lease_until = '2001-01-01'`)
    await world.query(sql`update outbox set settled_at = '2001-01-01'`)
    await pruneAll()
    expect(await counts()).toMatchObject({ sagas: 1, outbox: 0, effects: 0 })
    expect(await world.recoverAll()).toBe(0)
  })

  test('effects of events that were never written down go too', async () => {
    await world.place('after,effects=after-commit', ['1x1'], { payment: balance })
    await world.options.settle('effects')
    expect(await counts()).toMatchObject({ outbox: 0, effects: 3 })
    await pruneAll()
    expect(await counts()).toMatchObject({ effects: 3 })
    await world.query(sql`update effects set created_at = '2001-01-01'`)
    await pruneAll()
    expect(await counts()).toMatchObject({ effects: 0 })
  })

  describe('a crowd that writes is not waited for', () => {
    test('by what looks for old keys', async () => {
      await world.others.connections.transaction(async (db) => {
        await db.change(sql`insert into idempotency_keys
          (idempotency_key, fingerprint, locked_until, created_at)
          values ('being written', '', utc_timestamp(), utc_timestamp())`)
        await world.query(sql`insert into idempotency_keys
          (idempotency_key, fingerprint, locked_until, created_at)
          values ('old', '', utc_timestamp(), '2001-01-01')`)
        expect(await world.endsOrWaits(pruneAll())).toBe('ends')
      })
      expect(await counts()).toMatchObject({ idempotency_keys: 1 })
    })
  })
})
