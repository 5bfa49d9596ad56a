import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { partnerKey } from '../../db/seed.ts'
import { issueCoupons, readCoupon, refuseWrongKey } from '../../flows/coupons.ts'
import { because, contract, type Suite } from '../../testing/contract.ts'
import { testEngine } from '../../testing/engine.ts'
import { describeLive, smallSeedProfile, withWorld } from '../../testing/fixtures.ts'
import { newKey, outcomeOf } from '../../testing/shopping.ts'
import type { Design } from '../design.ts'
import type { FlowCtx } from '../flow-ctx.ts'
import type { CouponRequest } from './coupons.ts'
import { firstSeq, highestStatements, lastSeq, logBySeq, seqsAfter, wholeLog } from './sequence.ts'

const world = withWorld('coupons')
const { numbers: pool } = smallSeedProfile.coupons

const requestOf = (quantity: number, changed: Partial<CouponRequest> = {}): CouponRequest => ({
  ...{ partnerId: 'partner-1', productId: '1', quantity, requestId: newKey() },
  ...changed,
})

type At = Design | FlowCtx | string
const ctxOf = (at: At) => (typeof at === 'object' && 'connections' in at ? at : world.ctx(at))

const ask = async (at: At, quantity: number, changed?: Partial<CouponRequest>) =>
  (await issueCoupons(ctxOf(at), requestOf(quantity, changed))).coupons

/** Coupons that so many requests at once were given, and the codes of those that were refused. */
async function askAtOnce(at: At, count: number, quantity = 1) {
  const asked = Array.from({ length: count }, (_, index) => {
    return outcomeOf(ask(at, quantity, { partnerId: `partner-${1 + (index % 3)}` }))
  })
  const outcomes = await Promise.all(asked)
  return {
    numbers: outcomes.flatMap((one) =>
      typeof one === 'string' ? [] : one.map(({ number }) => number),
    ),
    refusals: outcomes.filter((one) => typeof one === 'string'),
  }
}

async function count(from: string): Promise<number> {
  const [row] = await world.query<{ found: string }>(
    sql.raw(`select count(*) as found from ${from}`),
  )
  return Number(row?.found)
}

const free = () => count(`coupon_numbers where product_id = 1 and status = 'free'`)
const issued = () => count('coupon_issues')

/** A log of before: product 1 is at that sequence. */
const history = (seq: string) =>
  world.query(sql`insert into coupon_issues
    select left(sha2(${seq}, 256), 16), 1, 'archive', 'old', ${seq}, '2001-01-01'`)

const suite: Suite = (promise, design) => {
  const check = (name: string, run: () => Promise<void>) =>
    promise(name, async () => {
      await run()
      expect(await world.audit()).toEqual([])
    })

  check('each request has what it asked for, in the order of the sequence', async () => {
    const first = await ask(design, 3)
    const second = await ask(design, 1)
    const seqs = [...first, ...second].map(({ seq }) => seq)
    expect(seqs).toEqual(['A01', 'A02', 'A03', 'A04'])
    expect(new Set([...first, ...second].map(({ number }) => number)).size).toBe(4)
    expect([await free(), await issued()]).toEqual([pool - 4, 4])
    expect(await readCoupon(world.ctx(design), second[0]?.number ?? '')).toMatchObject({
      ...{ product: '1', partner: 'partner-1', seq: 'A04', orderId: null },
    })
  })

  check('the sequence goes from A99 to B01', async () => {
    await history('A99')
    expect((await ask(design, 2)).map(({ seq }) => seq)).toEqual(['B01', 'B02'])
  })

  check('the sequence stays at Z99', async () => {
    await history('Z98')
    const at = world.ctx(design, {})
    expect((await ask(at, 2)).map(({ seq }) => seq)).toEqual(['Z99', 'Z99'])
    expect((await ask(at, 1)).map(({ seq }) => seq)).toEqual(['Z99'])
  })

  check('the same request id has the same coupons, asked one after the other', async () => {
    const request = { requestId: newKey() }
    const first = await ask(design, 2, request)
    expect(await ask(design, 2, request)).toEqual(first)
    expect(await issued()).toBe(2)
  })

  check('the same request id has the same coupons, asked at once', async () => {
    const request = { requestId: newKey() }
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(design, 2, request)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(await issued()).toBe(2)
  })

  check('a request id means one product and quantity, and is its partner’s own', async () => {
    const request = { requestId: newKey() }
    await ask(design, 2, request)
    expect(await outcomeOf(ask(design, 3, request))).toBe('request-id-reused')
    expect(await outcomeOf(ask(design, 2, { ...request, productId: '2' }))).toBe(
      'request-id-reused',
    )
    expect(await ask(design, 2, { ...request, partnerId: 'partner-2' })).toHaveLength(2)
  })

  check('requests at once empty the pool, each number once', async () => {
    world.script.meet('coupon.picked', 2)
    const { numbers, refusals } = await askAtOnce(design, 20, 2)
    expect(refusals).toEqual([])
    expect(new Set(numbers).size).toBe(pool)
    expect(await free()).toBe(0)
  })

  check('two that picked one number are both served', async () => {
    world.script.meet('coupon.picked', 2)
    const { numbers, refusals } = await askAtOnce(design, 2)
    expect([numbers.length, refusals]).toEqual([2, []])
  })

  check('more at once than there are connections are all served', async () => {
    world.script.meet('coupon.picked', 2)
    const { numbers, refusals } = await askAtOnce(design, 32)
    expect([numbers.length, refusals]).toEqual([32, []])
  })

  check('a pool that has too few issues none, and goes on with what it has', async () => {
    await ask(design, pool - 1)
    const request = { requestId: newKey() }
    expect(await outcomeOf(ask(design, 2, request))).toBe('coupon-pool-empty')
    expect([await free(), await issued()]).toEqual([1, pool - 1])
    await world.query(sql`insert into coupon_numbers (product_id, number, status)
      values (1, 'ABCDEF0123456789', 'free')`)
    expect(await ask(design, 2, request)).toHaveLength(2)
  })

  check('a quota is kept to the last coupon, by requests at once too', async () => {
    await world.query(sql`update coupon_partners set quota = 5`)
    const atOnce = await Promise.all(Array.from({ length: 4 }, () => outcomeOf(ask(design, 2))))
    expect(atOnce.some((one) => typeof one !== 'string')).toBe(true)
    for (let left = 5; left > 0; left -= 1) await outcomeOf(ask(design, 1))
    expect(await outcomeOf(ask(design, 1))).toBe('quota-used-up')
    expect([await free(), await issued()]).toEqual([pool - 5, 5])
  })

  check('a product without coupons is not found, and nothing is written', async () => {
    expect(await outcomeOf(ask(design, 1, { productId: '404' }))).toBe('not-found')
    expect([await issued(), await free()]).toEqual([0, pool])
  })

  check('a process that dies before its commit has issued nothing', async () => {
    const { requestId } = requestOf(1)
    if (design.options.coupons === 'procedure') return
    await world.killAt('coupon.issued', () => ask(design, 2, { requestId }))
    expect([await free(), await issued()]).toEqual([pool, 0])
    expect(await ask(design, 2, { requestId })).toHaveLength(2)
  })
}

/** Whether a plan reads a table whole. */
async function scans(statement: ReturnType<typeof sql>): Promise<boolean> {
  const how = sql.raw(testEngine === 'mysql' ? 'explain format=traditional' : 'explain')
  const plan = await world.query<{ type: string }>(sql`${how} ${statement}`)
  return plan.some(({ type }) => type === 'ALL')
}

describeLive('coupons', ['TEST_DATABASE_URL'], () => {
  contract('coupons', suite, {
    knownFailures: {
      'rollback-only': because(
        'of those that picked one number, all but one lose their transaction',
        'requests at once empty the pool, each number once',
        'two that picked one number are both served',
        'more at once than there are connections are all served',
      ),
      'requires-new': {
        ...because(
          'the outer snapshot has the number that another has issued',
          'two that picked one number are both served',
        ),
        ...because(
          'outer transactions hold all connections that inner ones wait for',
          'requests at once empty the pool, each number once',
          'more at once than there are connections are all served',
        ),
        ...because(
          'the outer snapshot lacks what the inner transaction has issued',
          'each request has what it asked for, in the order of the sequence',
          'the sequence goes from A99 to B01',
        ),
        ...because(
          'what the inner transaction has issued stays when the outer one is rolled back',
          'a pool that has too few issues none, and goes on with what it has',
          'a quota is kept to the last coupon, by requests at once too',
          'a process that dies before its commit has issued nothing',
        ),
      },
    },
  })

  test('a log without its index is read whole, whichever way the query is written', async () => {
    for (const statementOf of Object.values(highestStatements)) {
      expect(await scans(statementOf(wholeLog, '1'))).toBe(true)
      expect(await scans(statementOf(logBySeq, '1'))).toBe(false)
    }
  })

  test('skip-locked holds no more numbers than it uses where it searches twice', async () => {
    const design = 'after,coupons=skip-locked'
    const mine = sql`product_id = 1 and status = 'free'`
    const ids = await world.query<{ id: string }>(
      sql`select id from coupon_numbers where ${mine} order by id`,
    )
    const lastButOne = ids.at(-2)?.id ?? ''
    await world.query(sql`delete from coupon_numbers where ${mine} and id < ${lastButOne}`)
    // From here on it searches above this one, where there is one number, and then below.
    await ask(design, 1)
    const rows = ids.slice(0, 3).map(({ id }) => sql`(${id}, 1, ${`more-${id}`}, 'free')`)
    await world.query(sql`insert into coupon_numbers (id, product_id, number, status)
        values ${sql.join(rows, sql`,`)}`)
    world.script.meet('coupon.picked', 2)
    const { numbers, refusals } = await askAtOnce(design, 2, 2)
    expect([new Set(numbers).size, refusals]).toEqual([4, []])
  })

  test('a sequence has its 2,574 values, and no more', () => {
    const all = seqsAfter(undefined, 26 * 99 + 1)
    expect([all[0], all[98], all[99], all.at(-2), all.at(-1)]).toEqual([
      ...[firstSeq, 'A99', 'B01', lastSeq, lastSeq],
    ])
    expect(new Set(all).size).toBe(26 * 99)
  })

  test('only its own key opens a partner’s quota', async () => {
    const ctx = world.ctx('after')
    await refuseWrongKey(ctx, 'partner-1', partnerKey('partner-1'))
    for (const [partner, key] of [
      ['partner-1', ''],
      ['partner-1', partnerKey('partner-2')],
      ['partner-9', partnerKey('partner-9')],
    ] as const) {
      expect(await outcomeOf(refuseWrongKey(ctx, partner, key))).toBe('partner-refused')
    }
  })
})
