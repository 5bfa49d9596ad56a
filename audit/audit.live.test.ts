import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { JourneyRecord } from '../loadtests/crowd/history.ts'
import { audit, auditShop } from './audit.ts'
import type { CheckResult, Evidence } from './checker.ts'
import { checkers } from './registry.ts'
import { select } from './select.ts'
import { allowed } from './testing/allowed.ts'
import { openWorld, type World } from './testing/fixture-world.ts'
import { bugsPastIndexes, seededBugs } from './testing/seeded-bugs/all.ts'
import { type SeededBug, setOrder } from './testing/seeded-bugs/bug.ts'

const url = Bun.env.TEST_DATABASE_URL ?? ''
let world: World

const [live, liveGroup] = [test.skipIf(!url), describe.skipIf(!url)]
if (!url) console.log('skipped: the audit (no TEST_DATABASE_URL)')

beforeAll(async () => {
  if (url) world = await openWorld(url)
})
afterAll(() => world?.close())

async function auditOf(where: World, { sql, evidence }: Partial<SeededBug>) {
  const taken = await where.reset()
  await where.run(sql ?? [])
  evidence?.(taken)
  return await audit(taken)
}

const named = (results: readonly CheckResult[], name: string) =>
  results.find((result) => result.name === name)

live('a shop in order makes every checker true: no false alarm', async () => {
  const results = await auditOf(world, {})
  expect(results.map(({ name }) => name)).toEqual(checkers.map(({ name }) => name))
  expect(results.filter(({ verdict }) => verdict !== 'true')).toEqual([])
  expect(results.filter(({ count }) => count > 0)).toEqual([])
})

live.each(seededBugs)('$caughtBy catches: $bug', async (seeded) => {
  const found = named(await auditOf(world, seeded), seeded.caughtBy)
  expect(found).toMatchObject({ verdict: 'false', first: expect.stringContaining(seeded.says) })
  expect(found?.count).toBeGreaterThan(0)
})

live('journeys that were refused wrongly are named, of the measured crowd alone', async () => {
  const seeded = seededBugs.filter(({ caughtBy }) => caughtBy === 'refused-rightly')
  const journeysOf = async (bug: Partial<SeededBug>) =>
    named(await auditOf(world, bug), 'refused-rightly')?.journeys
  expect(await journeysOf({})).toEqual([])
  for (const bug of seeded)
    expect(await journeysOf(bug)).toEqual([bug.says.includes('-6-o') ? 6 : 3])
  const toWarmUp = (evidence: Evidence) => {
    seeded[0]?.evidence?.(evidence)
    const { history, started, keyPrefix, asked } = evidence
    evidence.warmUp = { history, started, keyPrefix, asked }
    Object.assign(evidence, { history: [], started: 0 })
  }
  expect(await journeysOf({ evidence: toWarmUp })).toEqual([])
})

live.each(bugsPastIndexes)('$caughtBy catches: $bug', async (seeded) => {
  const spoiled = await openWorld(url)
  try {
    const found = named(await auditOf(spoiled, seeded), seeded.caughtBy)
    expect(found).toMatchObject({ verdict: 'false', first: expect.stringContaining(seeded.says) })
  } finally {
    await spoiled.close()
  }
})

live('every checker has a seeded bug, but for the one that is never false', () => {
  const caught = new Set([...seededBugs, ...bugsPastIndexes].map(({ caughtBy }) => caughtBy))
  const untested = checkers.map(({ name }) => name).filter((name) => !caught.has(name))
  expect(untested).toEqual(['quiet'])
})

live.each(allowed)('allowed is $what', async ({ what: _what, ...change }) => {
  const results = await auditOf(world, change)
  expect(results.filter(({ verdict }) => verdict !== 'true')).toEqual([])
})

liveGroup('the crowd that warmed the shop up', () => {
  const sql = ['orders', 'payments', 'sagas', 'idempotency_keys', 'order_intakes'].map(
    (table) => `update ${table} set idempotency_key = replace(idempotency_key, 'fix-', 'warm-')
                where idempotency_key regexp '^fix-[0-4]-'`,
  )

  /** The first five journeys came before the measured ones, under keys of their own. */
  function evidence(taken: Evidence) {
    const history: JourneyRecord[] = JSON.parse(
      JSON.stringify(taken.history.splice(0, 5)).replaceAll('fix-', 'warm-'),
    )
    taken.warmUp = { history, started: 5, keyPrefix: 'warm', asked: taken.asked }
  }

  test('its orders are no phantoms', async () => {
    const results = await auditOf(world, { sql, evidence })
    expect(results.filter(({ verdict }) => verdict !== 'true')).toEqual([])
  })

  test('its orders count as much as those of the measured crowd', async () => {
    const lost = [...sql, 'delete from orders where id = 103']
    const results = await auditOf(world, { sql: lost, evidence })
    expect(named(results, 'no-lost-order')?.first).toContain('order 103 of key warm-2-o')
  })

  test('its success does not stand in for the measured crowd', async () => {
    const onlyWarm = (taken: Evidence) => {
      evidence(taken)
      taken.history = []
    }
    const results = await auditOf(world, { sql, evidence: onlyWarm })
    expect(named(results, 'no-lost-order')?.verdict).toBe('unknown')
  })
})

liveGroup('a shop of which there is the database only', () => {
  test('is audited by the checkers that need no more, and has nothing to report', async () => {
    const taken = await world.reset()
    expect(await auditShop(world.db)).toEqual([])
    expect(await auditShop(world.db, { bank: taken.bank })).toEqual([])
  })

  test('has a line for each checker that is not true', async () => {
    await world.reset()
    await world.run(['update users set balance_minor = balance_minor - 1 where id = 2'])
    const [line, ...others] = await auditShop(world.db)
    expect([others, line]).toEqual([[], expect.stringMatching(/^balances: 1 × user 2 /)])
  })

  test('is audited by more checkers where there is more evidence', async () => {
    await world.reset()
    const [line] = await auditShop(world.db, { bank: [] })
    expect(line).toMatch(/^captures-match-bank: 3 × payment 502 /)
    expect(await auditShop(world.db, { deliveries: [] })).toHaveLength(1)
  })
})

live('inversions are counted, without being condemned where order is not promised', async () => {
  const results = await auditOf(world, {
    evidence: (evidence) => {
      setOrder(0, { invokedMs: Date.now(), doneMs: Date.now() + 5 })(evidence)
      evidence.idsInOrder = false
    },
  })
  expect(named(results, 'ids-in-order')).toMatchObject({ verdict: 'true', exercised: 0 })
  expect(named(results, 'ids-unique-and-ordered')).toEqual({
    name: 'ids-unique-and-ordered',
    verdict: 'true',
    count: 1,
    exercised: 10,
    first: 'order 101 was asked for after 107 was acknowledged',
  })
})

liveGroup('what a verdict rests on', () => {
  const unexercised = (results: readonly CheckResult[]) =>
    results.filter(({ exercised }) => exercised === 0).map(({ name }) => name)

  test('is counted: the fixture has no repeats under one key and no grants', async () => {
    const rest = ['one-order-per-key', 'one-charge-per-key', 'never-oversold', 'stock-grants']
    expect(unexercised(await auditOf(world, {}))).toEqual(rest)
  })

  test('a shop in which nothing happened is true, and not exercised', async () => {
    const tables = ['orders', 'order_items', 'payments', 'outbox', 'effects', 'dispatches', 'sagas']
    const more = [
      'cart_items',
      'saga_steps',
      'balance_entries',
      'promotion_claims',
      'idempotency_keys',
      ...['coupon_issues', 'coupon_numbers', 'coupon_requests', 'coupon_redemptions'],
      ...['payment_history', 'design_log', 'sequences', 'ticket_marks', 'order_intakes'],
    ]
    const results = await auditOf(world, {
      sql: [
        ...[...tables, ...more].map((table) => `delete from ${table}`),
        'update users set balance_minor = initial_balance_minor',
        'update product_options set stock = initial_stock, quota_taken = 0',
        'delete from daily_popular_products',
        'update coupon_partners set issued = 0',
      ],
      evidence: (evidence) =>
        Object.assign(evidence, {
          history: [],
          started: 0,
          bank: [],
          bankChanges: [],
          deliveries: [],
          couponAnswers: [],
        }),
    })
    expect(results.filter(({ verdict }) => verdict === 'false')).toEqual([])
    const exercised = results.filter((result) => result.exercised !== 0)
    expect(exercised.map(({ name }) => name)).toEqual(['no-lost-order', 'chaos-off', 'quiet'])
    expect(named(results, 'no-lost-order')?.verdict).toBe('unknown')
  })
})

liveGroup('unknown, never a pass', () => {
  const cases: [string, string, Partial<SeededBug>][] = [
    ['no-lost-order', 'no order', { evidence: (evidence) => evidence.history.splice(0) }],
    ['stock-conserved', 'no option', { sql: ['delete from product_options'] }],
    ['balances', 'no user', { sql: ['delete from users'] }],
    ['quiet', 'saga 3 runs', { evidence: ({ pendingWork }) => pendingWork.push('saga 3 runs') }],
  ]
  test.each(cases)('%s: %s', async (name, why, change) => {
    expect(named(await auditOf(world, change), name)).toMatchObject({
      verdict: 'unknown',
      first: expect.stringContaining(why),
    })
  })

  const columns = 'information_schema.columns'
  const endless = `select count(*) from ${columns} a, ${columns} b, ${columns} c`

  test('the server itself ends a statement that takes too long', async () => {
    await world.reset()
    await expect(select(world.db, endless, 20)).rejects.toThrow()
  })

  test('a checker that crashes, and only that one', async () => {
    const spoiled = await openWorld(url)
    try {
      const results = await auditOf(spoiled, { sql: ['drop table sagas'] })
      const missed = results.filter(({ verdict }) => verdict !== 'true')
      expect(missed).toEqual([
        { name: 'sagas-settled', verdict: 'unknown', count: 0, first: expect.any(String) },
      ])
      expect(missed[0]?.first).toContain("sagas' doesn't exist")
    } finally {
      await spoiled.close()
    }
  })
})
