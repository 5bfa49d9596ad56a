import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { Problem } from '../../errors.ts'
import { claimOrder, finishOrder, offerAgain, takeOrder } from '../../flows/dispatch-order.ts'
import { contract, type Suite } from '../../testing/contract.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { balance, outcomeOf } from '../../testing/shopping.ts'
import { type Design, parseDesign } from '../design.ts'

const world = withWorld('dispatch')

const buy = async (design: Design | string) =>
  (await world.place(design, ['1x1'], { payment: balance })).id

/** So many paid orders, in the order of their numbers. */
async function buyMany(design: Design, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index += 1) ids.push(await buy(design))
  return ids
}

/** A worker that takes until nothing waits. */
async function empty(design: Design, workerId: string): Promise<string[]> {
  const taken: string[] = []
  for (;;) {
    const order = await takeOrder(world.ctx(design), workerId)
    if (!order) return taken
    taken.push(order.orderId)
  }
}

const rows = async () => {
  const found = await world.query<{ line: string }>(sql`
    select concat_ws(' ', status, worker) as line from dispatches order by order_id`)
  return found.map(({ line }) => line)
}

/** On a busy machine, a worker may wait for the lock in Redis until its time is up. */
function ignoreContention(error: unknown): void {
  if (!(error instanceof Problem && error.code === 'lock-contention')) throw error
}

const suite: Suite = (check, design) => {
  check('an order waits from its payment on, and not before', async () => {
    const { id: orderId } = await world.place(design, ['1x1'])
    expect(await takeOrder(world.ctx(design), 'w')).toBeUndefined()
    await world.pay(design, orderId, balance)
    expect(await takeOrder(world.ctx(design), 'w')).toMatchObject({
      orderId,
      status: 'taken',
      workerId: 'w',
      items: [{ optionId: '1', quantity: 1 }],
    })
    expect(await takeOrder(world.ctx(design), 'w')).toBeUndefined()
  })

  check('eight workers at once take each order once and leave none', async () => {
    const ids = await buyMany(design, 24)
    const workers = Array.from({ length: 8 }, (_, index) => empty(design, `w${index}`))
    const taken = (await Promise.all(workers)).flat()
    expect(taken.toSorted()).toEqual(ids.toSorted())
    expect((await rows()).every((line) => line.startsWith('taken w'))).toBe(true)
  })

  check('eight workers never deadlock, on an index full of what is gone either', async () => {
    const ctx = world.ctx(design)
    const [rounds, count] = [4, 200]
    for (let round = 1; round <= rounds; round += 1) {
      await world.query(sql`delete from dispatches`)
      const ids = Array.from({ length: count }, (_, index) => String(round * 1_000_000 + index))
      await ctx.connections.transaction(async (db) => ctx.design.dispatch.offer(ctx, db, ids))
      let asked = 0
      const work = async (workerId: string) => {
        while (asked++ < count)
          await ctx.design.dispatch.take(ctx, workerId).catch(ignoreContention)
      }
      await Promise.all(Array.from({ length: 8 }, (_, index) => work(`w${index}`)))
    }
    expect(world.services.connections.retries).toEqual({})
  })

  check('one worker has the oldest first', async () => {
    const ids = await buyMany(design, 12)
    expect(await empty(design, 'w')).toEqual(ids)
  })

  check('a payment that is rolled back offers nothing', async () => {
    world.script.on('effects.published', async () => {
      throw new Error('no')
    })
    await outcomeOf(buy(design)).catch(() => undefined)
    world.script.clear()
    expect(await takeOrder(world.ctx(design), 'w')).toBeUndefined()
    expect(await rows()).toEqual([])
  })

  check('an order whose worker dies before the answer is offered again in time', async () => {
    const id = await buy(design)
    await world.killAt('dispatch.taken', () => takeOrder(world.ctx(design), 'dead'))
    expect(await takeOrder(world.ctx(design), 'w')).toBeUndefined()
    await offerAgain(world.others)
    expect(await rows()).toEqual(['taken dead'])
    await world.query(sql`update dispatches set taken_at = '2001-01-01'`)
    await offerAgain(world.others)
    expect(await takeOrder(world.ctx(design), 'w')).toMatchObject({ orderId: id, workerId: 'w' })
  })

  check('a worker’s own choice and the next one never are the same order', async () => {
    const ids = await buyMany(design, 12)
    const chosen = ids.map((id) => outcomeOf(claimOrder(world.ctx(design), id, 'chooser')))
    const [claims, taken] = await Promise.all([Promise.all(chosen), empty(design, 'w')])
    const claimed = claims.flatMap((claim) => (typeof claim === 'string' ? [] : [claim.orderId]))
    expect([...claimed, ...taken].toSorted()).toEqual(ids.toSorted())
  })

  check('what Redis has lost is still handed out', async () => {
    const ids = await buyMany(design, 6)
    const { redis } = world.others
    await redis.del('dispatch:queue', 'dispatch:lock', 'dispatch:looked')
    const taken = await Promise.all([empty(design, 'one'), empty(design, 'other')])
    expect(taken.flat().toSorted()).toEqual(ids.toSorted())
  })

  check('without Redis an order is handed out once, or not at all', async () => {
    const id = await buy(design)
    const away = async () => {
      throw new Error('Connection is closed.')
    }
    const redis = { set: away, zpopmin: away, zadd: away, eval: away }
    const ask = () => outcomeOf(takeOrder(world.ctx(design, { redis: redis as never }), 'w'))
    const needsRedis = ['random-lock', 'queue'].includes(design.options.dispatch)
    const answer = await ask()
    expect(needsRedis ? answer : { ...(answer as object) }).toEqual(
      needsRedis ? 'dispatch-unavailable' : expect.objectContaining({ orderId: id }),
    )
    expect(await rows()).toEqual([needsRedis ? 'waiting' : 'taken w'])
  })
}

describeLive('dispatch', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  contract('dispatch', suite, {
    knownFailures: {
      'random-lock': { 'one worker has the oldest first': 'it takes any order, as it says' },
      chosen: { 'one worker has the oldest first': 'the worker picks, not the shop' },
    },
  })

  describe('an order that somebody has', () => {
    const ctx = () => world.ctx('after')

    test('is refused to others and given again to its worker', async () => {
      const id = await buy('after')
      expect(await claimOrder(ctx(), id, 'one')).toMatchObject({ workerId: 'one' })
      expect(await claimOrder(ctx(), id, 'one')).toMatchObject({ workerId: 'one' })
      expect(await outcomeOf(claimOrder(ctx(), id, 'other'))).toBe('already-dispatched')
      expect(await rows()).toEqual(['taken one'])
    })

    test('is done by its worker only, and stays done', async () => {
      const id = await buy('after')
      expect(await outcomeOf(finishOrder(ctx(), id, 'one'))).toBe('not-dispatched')
      await claimOrder(ctx(), id, 'one')
      expect(await outcomeOf(finishOrder(ctx(), id, 'other'))).toBe('not-dispatched')
      expect(await finishOrder(ctx(), id, 'one')).toMatchObject({ status: 'done' })
      expect(await finishOrder(ctx(), id, 'one')).toMatchObject({ status: 'done' })
      expect(await outcomeOf(claimOrder(ctx(), id, 'one'))).toBe('already-dispatched')
      await world.query(sql`update dispatches set taken_at = '2001-01-01'`)
      await offerAgain(world.others)
      expect(await rows()).toEqual(['done one'])
    })

    test('that is not paid is no order of the warehouse', async () => {
      for (const verb of [claimOrder, finishOrder]) {
        expect(await outcomeOf(verb(ctx(), '404', 'one'))).toBe('not-found')
      }
    })
  })

  test('a holder of the random lock that died holds up no worker for good', async () => {
    const design = parseDesign('after,dispatch=random-lock')
    const id = await buy(design)
    await world.killAt('dispatch.locked', () => takeOrder(world.ctx(design), 'dead'))
    const { redis } = world.others
    expect(await redis.pttl('dispatch:lock')).toBeGreaterThan(0)
    await redis.del('dispatch:lock')
    expect(await takeOrder(world.ctx(design), 'w')).toMatchObject({ orderId: id, workerId: 'w' })
  })
})
