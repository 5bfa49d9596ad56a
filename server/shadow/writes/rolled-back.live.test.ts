import { afterAll, afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { type Axis, recordsOf } from '../../designs/axes.ts'
import { parseDesign } from '../../designs/design.ts'
import { addUnits } from '../../designs/stock/stock.ts'
import { placeOrder } from '../../flows/place-order.ts'
import { type AppForTest, appForTest, tokenForTest } from '../../testing/app-for-test.ts'
import { eventually, within } from '../../testing/barrier.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { showsLockWaits } from '../../testing/lock-waits-now.ts'
import { badCard, balance, card, lines, newKey, outcomeOf } from '../../testing/shopping.ts'
import { lockUrlsForTest } from '../../testing/test-redis.ts'
import type { ShadowAnswer } from '../compare.ts'
import { type OpenShadows, openShadows } from '../open-shadows.ts'
import { floorPairs, silentShadowMeter } from '../record.ts'
import { type ShadowJob, TimedOut } from '../shadows.ts'
import { shadowOperator } from '../testing/shadow-operator.ts'
import { usualOrders } from '../testing/usual-orders.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => logged.mockRestore())

const held = 'after,transaction=sorted,admission=open'

/** A run holds customers' rows for a second at most, in which a busy machine may not do it. */
async function inTime<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TimedOut) || tries === 8) throw error
    }
  }
}

/** Options of an axis that a transaction around them takes back, with the design that has them. */
const heldDesigns = (['transaction', 'stock'] as const satisfies Axis[]).flatMap((axis) =>
  Object.entries(recordsOf(axis))
    .filter(([, { commitsAlone }]) => commitsAlone === undefined)
    .map(
      ([option]) =>
        [`${axis}=${option}`, parseDesign(`${axis}=${option}`, parseDesign(held))] as const,
    ),
)

describeLive('orders that are rolled back', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('rolled_back', { isAudited: true })
  let shadowing: OpenShadows

  beforeEach(() => {
    shadowing = openShadows(
      {
        DATABASE_URL: world.databaseUrl,
        REDIS_URL: Bun.env.TEST_REDIS_URL ?? '',
        REDLOCK_URLS: lockUrlsForTest(),
        STAMPEDE_ORDER_TTL_SECONDS: 900,
      },
      world.others,
      silentShadowMeter,
    )
  })
  afterEach(() => shadowing.close())

  /** An order of user 1, as it is offered once it is answered. */
  const jobOf = (items: string[], payment?: typeof card | typeof balance): ShadowJob => {
    const design = parseDesign(held)
    const shadow = { axis: 'stock', design, epoch: 1, seed: 1, writes: 'rolled-back' } as const
    const order = { userId: '1', items: lines(...items), payment }
    return {
      ...{ route: 'orders.create', shadow, design, requestId: newKey() },
      served: async () => ({ status: 201, body: '{}' }),
      body: async () => order,
      async run(ctx) {
        const asked = { ...order, idempotencyKey: ctx.shadowKey ?? '' }
        const placed = await outcomeOf(placeOrder(ctx, asked))
        return { status: 201, body: JSON.stringify(placed) }
      },
    }
  }
  /** Whether the server shows its lock waits: MySQL, with its performance schema alone. */
  const changesIn = ({ body }: ShadowAnswer) => JSON.parse(body) as Record<string, object[]>

  describe('leave nothing, whatever the option', () => {
    test.each(heldDesigns)('%s', async (_option, design) => {
      const { first, run } = shadowing.rolledBack
      const orders = [
        ...[jobOf(['1x1', '2x2']), jobOf(['1x3', '1x4'], balance), jobOf(['1x2'], card)],
        ...[jobOf(['1x11', '1x12', '1x13', '1x14'], card), jobOf(['1x1', '999x2'])],
      ]
      const before = await world.contents()
      const sold: (number | undefined)[] = []
      for (const job of orders) {
        await inTime(() => first(job))
        const { orders: rows, outbox } = changesIn(await inTime(() => run(job, design)))
        sold.push(rows?.length, outbox?.length)
      }
      expect(await world.contents()).toBe(before)
      expect(sold).toEqual([1, 0, 1, 1, 1, 1, 1, 1, 0, 0])
      expect(world.bank.ledger.list()).toEqual([])
    })
  })

  test('what a customer changes meanwhile is not taken for the flow’s', async () => {
    const { options, first } = shadowing.rolledBack
    const job = jobOf(['2x1'])
    const alone = changesIn((await inTime(() => first(job))).answer)
    const usual = options.option('stock', 'conditional-update')
    options.provide('stock', 'conditional-update', {
      ...usual,
      async take(ctx, db, line) {
        // The run has its snapshot, and not the row.
        await world.place('after', ['3x1'])
        return await usual.take(ctx, db, line)
      },
    })
    const beside = changesIn((await inTime(() => first(job))).answer)
    expect(beside.product_options).toEqual(alone.product_options ?? [])
    expect(alone.product_options).toMatchObject([{ id: '1', stock: -2 }])
  })

  describe('a customer', () => {
    /** Begins runs that stand still with the row of option 1, until they are let go. */
    const standing = () => {
      const turn = () => ({
        holds: Promise.withResolvers<void>(),
        release: Promise.withResolvers<void>(),
      })
      let current = turn()
      const { options, first } = shadowing.rolledBack
      const usual = options.option('stock', 'conditional-update')
      options.provide('stock', 'conditional-update', {
        ...usual,
        async take(ctx, db, line) {
          const isTaken = await usual.take(ctx, db, line)
          current.holds.resolve()
          await current.release.promise
          return isTaken
        },
      })
      return async () => {
        current = turn()
        const run = first(jobOf(['2x1']))
        run.catch(() => {})
        await within(current.holds.promise, 'the run has the row')
        return { run, release: current.release.resolve }
      }
    }

    test('waits for a lock of a run, which is counted', async () => {
      const begin = standing()
      let bought = 0
      const blockedOnce = async () => {
        const { run, release } = await begin()
        const customer = world.place('after', ['1x1'])
        expect(await world.endsOrWaits(customer)).toBe('waits')
        release()
        const { blocked } = (await run).answer
        expect((await customer).status).toBe('pending')
        bought += 1
        return blocked
      }
      if (!(await showsLockWaits(world.query))) return expect(await blockedOnce()).toBeUndefined()
      // A look that follows another one too soon, of any test, is shown the past.
      const counted = async () => ((await blockedOnce()) ?? 0) >= 1
      await eventually('a wait is counted', counted, { deadlineMs: 15_000, pollMs: 150 })
      expect(await world.stockOf('1')).toBe(100 - bought)
    })

    test('is not left waiting by a run that never ends', async () => {
      const begin = standing()
      const { run } = await begin()
      const outcome = run.catch((error: unknown) => error)
      expect((await world.place('after', ['1x1'])).status).toBe('pending')
      expect(await outcome).toMatchObject({ constructor: { name: 'TimedOut' } })
      expect(await world.stockOf('1')).toBe(99)
    })

    test('has the lock first: the run gives way', async () => {
      const { first } = shadowing.rolledBack
      const slow = await world.pauseAt('payment.collecting', () =>
        world.place(held, ['1x1'], { payment: badCard }),
      )
      const outcome = await first(jobOf(['1x1'])).catch((error: unknown) => error)
      expect(['Dropped', 'TimedOut']).toContain((outcome as object).constructor.name)
      await slow.resume().catch(() => {})
    })
  })

  describe('through the shop', () => {
    let shop: AppForTest
    beforeEach(() => {
      shop = appForTest({
        ...{ token: tokenForTest, design: held, services: world.others },
        shadows: () => shadowing.shadows,
      })
    })
    afterEach(() => shop.options.close())
    const many = (count: number) => Array.from({ length: count }, () => usualOrders[0] ?? {})

    test.each([
      ['transaction', 'single-statement', 'one-big'],
      ['transaction', 'sorted', 'single-statement'],
      ['stock', 'conditional-update', 'row-lock'],
      ['stock', 'conditional-update', 'optimistic'],
      ['stock', 'conditional-update', 'redis-lock'],
    ])(
      '%s=%s and %s leave the same answers and data',
      async (axis, option, other) => {
        const { put, buy, shown } = shadowOperator(shop)
        await put(axis, option, { option: other, percent: 100, writes: 'rolled-back' })
        await buy(axis, many(floorPairs))
        await buy(axis, usualOrders)
        const seen = await shown(axis)
        expect([seen?.mismatches, seen?.last, seen?.problem]).toEqual([[], [], undefined])
        expect(seen?.outcomes).toMatchObject({ failed: 0, dropped: 0, skipped: 0, mismatched: 0 })
        expect(seen?.outcomes.same).toBeGreaterThan(0)
        expect(seen?.writes).toBe('rolled-back')
        expect(seen?.blocked).toBe((await showsLockWaits(world.query)) ? 0 : undefined)
      },
      120_000,
    )

    test('a stock that takes one too many is found by the column', async () => {
      shadowing.rolledBack.options.provide('stock', 'row-lock', {
        ...shadowing.rolledBack.options.option('stock', 'row-lock'),
        async take(_ctx, db, { optionId, quantity }) {
          await addUnits(db, optionId, -quantity - 1)
          return true
        },
      })
      const { put, buy, shown } = shadowOperator(shop)
      await put('stock', 'conditional-update', {
        ...{ option: 'row-lock', percent: 100, writes: 'rolled-back' },
      })
      await buy('stock', [...many(floorPairs), ...many(3)])
      const seen = await shown('stock')
      expect(seen?.mismatches).toEqual([{ field: 'product_options.stock', requests: 3 }])
      expect(seen?.last[0]).toMatchObject({ served: '-1', shadow: '-2' })
    }, 60_000)
  })
})
