import { describe, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Connections } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import { eventually } from '../../../testing/barrier.ts'
import { anHourAhead } from '../../../testing/fake-clock.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { outcomeOf } from '../../../testing/shopping.ts'
import { afterGraceMs, settleStock } from '../../../testing/stock-settling.ts'
import { parseDesign } from '../../design.ts'
import type { OpenedOptions } from '../../opened-options.ts'
import { claimSlot, StockBatches, takeBatch } from './batches.ts'
import { CoalescedStock } from './coalesced.ts'

const world = withWorld('coalesced')

const optionId = '3'
const atStart = 100
const merged = 'transaction=split,stock=coalesced'
const oneBig = 'transaction=one-big,stock=coalesced'

const take = (options: OpenedOptions, quantity: number) => {
  const ctx = options.ctx(parseDesign(merged), 'test')
  return ctx.connections.transaction((db) => ctx.design.stock.take(ctx, db, { optionId, quantity }))
}
/** The stock of the process under test, and of another one. */
const stock = () => world.options.option('stock', 'coalesced')
const others = () => world.otherOptions.option('stock', 'coalesced')
const grant = (quantity: number) => stock().grant({ optionId, quantity })
const takeAlone = (quantity: number) => stock().takeAlone(world.ctx(merged), { optionId, quantity })
const left = () => world.stockOf(optionId)
const openBatches = async () =>
  (await world.query(sql`select id from stock_batches where settled_at is null`)).length
/** What another process does about batches that are old by now. */
const sweep = () => others().settle(afterGraceMs)

describeLive('coalesced stock', ['TEST_DATABASE_URL'], () => {
  test('a hundred who come at once are one statement, and a batch of their own', async () => {
    const { counts } = stock()
    const before = { ...counts }
    const answers = await Promise.all(Array.from({ length: 100 }, () => takeAlone(1)))
    expect(answers.every(Boolean)).toBe(true)
    expect([counts.flushes - before.flushes, counts.merged - before.merged]).toEqual([1, 100])
    expect(await left()).toBe(0)
    await sweep()
    expect(await left()).toBe(0)
  })

  test('where stock runs short, who fits is served in the order of coming', async () => {
    await world.query(sql`update product_options set stock = 8 where id = ${optionId}`)
    const alone = [5, 2, 4, 1, 1].map(takeAlone)
    expect(await Promise.all(alone)).toEqual([true, true, false, true, false])
    expect(await left()).toBe(0)
  })

  test('two processes sell exactly what is there', async () => {
    await world.query(sql`update product_options set stock = 50 where id = ${optionId}`)
    const crowd = [world.options, world.otherOptions].flatMap((options) =>
      Array.from({ length: 40 }, () => take(options, 1)),
    )
    const answers = await Promise.all(crowd)
    expect(answers.filter(Boolean).length).toBe(50)
    await settleStock(world.options, world.otherOptions)
    // Of a process that lives they end by its own timer, a moment later.
    await eventually('every batch has ended', async () => (await openBatches()) === 0)
    expect(await left()).toBe(0)
  })

  test('what a living process gives back comes back without waiting for the sweeper', async () => {
    const works = [1, 2, 3].map((quantity) =>
      outcomeOf(
        world.services.connections.transaction(async (db) => {
          await stock().take(world.ctx(merged), db, { optionId, quantity })
          if (quantity === 2) throw new Problem('cart-empty')
        }),
      ),
    )
    expect(await Promise.all(works)).toEqual([undefined, 'cart-empty', undefined])
    await stock().settleOwn()
    expect([await left(), await openBatches()]).toEqual([atStart - 4, 0])
  })

  test('one that is rolled back need not wait for the rest of its batch', async () => {
    const [slow, gone] = await Promise.all([1, 2].map(grant))
    gone?.ended('rolled-back')
    await stock().settleOwn()
    expect([await left(), await openBatches()]).toEqual([atStart - 1, 1])
    slow?.ended('rolled-back')
    await stock().settleOwn()
    expect([await left(), await openBatches()]).toEqual([atStart, 0])
  })

  test('killed between the flush and the claim: it comes back once it is old', async () => {
    await grant(3)
    await settleStock(world.otherOptions)
    expect(await left()).toBe(atStart - 3)
    await sweep()
    expect(await left()).toBe(atStart)
  })

  test('a claim that comes too late is refused, and nothing is sold', async () => {
    const granted = stock().grant.bind(stock())
    const late = spyOn(stock(), 'grant').mockImplementation(async (line) => {
      const grant = await granted(line)
      await sweep()
      return grant
    })
    expect(await outcomeOf(world.place(oneBig, ['2x3']))).toBe('lock-contention')
    late.mockRestore()
    await settleStock(world.options)
    expect([await left(), await world.audit()]).toEqual([atStart, []])
  })

  test('a number that a failover has given to another option’s batch is not claimed', async () => {
    const one = await grant(1)
    if (!one) throw new Error('there was enough')
    await world.query(sql`update stock_batches set option_id = 4 where id = ${one.batchId}`)
    const { connections } = world.services
    expect(await connections.transaction((db) => claimSlot(db, one))).toBe(false)
  })

  test('a sweeper whose clock is an hour ahead leaves what is under way alone', async () => {
    const slow = await world.pauseAt('order.stock.taken 1', () =>
      world.place(merged, ['2x3', '1x4']),
    )
    const held = await grant(3)
    await anHourAhead(() => others().settle())
    expect(await openBatches()).toBeGreaterThan(0)
    await slow.resume()
    held?.ended('rolled-back')
    await settleStock(world.options)
    expect([await left(), await world.audit()]).toEqual([atStart - 2, []])
  })

  test('a claim under way is left alone, however old its batch is', async () => {
    const slow = await world.pauseAt('order.written', () => world.place(oneBig, ['2x3']))
    await sweep()
    expect(await left()).toBe(atStart - 2)
    await slow.resume()
    await settleStock(world.options)
    expect([await left(), await world.audit()]).toEqual([atStart - 2, []])
  })

  test('where the commit’s end is not known, the sweeper finds out', async () => {
    const [kept, lost] = await Promise.all([2, 3].map(grant))
    if (!kept || !lost) throw new Error('there was enough for both')
    await world.services.connections.transaction((db) => claimSlot(db, kept))
    kept.ended('unknown')
    lost.ended('unknown')
    await stock().settleOwn()
    expect([await left(), await openBatches()]).toEqual([atStart - 5, 1])
    await sweep()
    expect([await left(), await openBatches()]).toEqual([atStart - 2, 0])
  })

  test('a flush whose own commit is unknown has taken nothing for good', async () => {
    const { side } = world.services
    const unsure = new CoalescedStock({
      ...side,
      async transaction(work) {
        await side.transaction(work)
        throw new Problem('commit-unknown')
      },
    })
    const one = { optionId, quantity: 1 }
    expect(await outcomeOf(unsure.grant(one))).toBe('database-unavailable')
    expect(await outcomeOf(unsure.takeAlone(world.ctx(merged), one))).toBe('commit-unknown')
    await sweep()
    expect(await left()).toBe(atStart - 1)
  })

  test('two sweepers at once give each unit back once', async () => {
    for (let turn = 0; turn < 5; turn += 1) await grant(4)
    const sweepers = [others(), stock(), others()].map((one) => one.settle(afterGraceMs))
    await Promise.all(sweepers)
    await settleStock(world.otherOptions)
    expect([await left(), await openBatches()]).toEqual([atStart, 0])
  })

  test('settling locks no batch of another process, which would skip it', async () => {
    const { side } = world.services
    const one = [{ quantity: 1, isAlone: false }]
    const ids: number[] = []
    for (let turn = 0; turn < 8; turn += 1) {
      const { batchId } = await side.transaction((db) => takeBatch(db, optionId, one))
      ids.push(batchId ?? 0)
    }
    const [ours, theirs] = [ids.slice(0, 4), ids.slice(4)]
    // Nothing goes back to stock then, whose row is one for both.
    for (const batchId of ids) {
      await side.transaction((db) => claimSlot(db, { batchId, optionId, slot: 0, quantity: 1 }))
    }
    let settledMeanwhile = 0
    const slow: Connections = {
      ...side,
      transaction: (work) =>
        side.transaction(async (db) => {
          const result = await work(db)
          settledMeanwhile = (await new StockBatches(world.others.side).settle(theirs)).batches
          return result
        }),
    }
    expect((await new StockBatches(slow).settle(ours)).batches).toBe(4)
    expect(settledMeanwhile).toBe(4)
  })

  test('settled batches are pruned with their claims', async () => {
    await take(world.options, 2)
    await settleStock(world.options)
    await world.query(sql`update stock_batches set settled_at = '2001-01-01'`)
    await settleStock(world.otherOptions)
    const rows = sql`select 1 from stock_batches union all select 1 from stock_claims`
    expect([await world.query(rows), await left()]).toEqual([[], atStart - 2])
  })

  describe.each(['one-big', 'per-item', 'split'])('transaction=%s', (shape) => {
    const design = `transaction=${shape},stock=coalesced`
    const moments = ['order.stock.taken 1', 'order.stock.taken 2', 'order.written', 'committed 1']

    test.each(moments)('killed at %s: all is sold or all is back', async (words) => {
      await world.killAt(words, () => world.place(design, ['2x3', '1x4']))
      // The server may still be rolling back, and what is locked is passed over.
      await eventually('every batch has ended', async () => {
        await sweep()
        return (await openBatches()) === 0
      })
      expect(await world.recoverAll()).toBe(0)
      await settleStock(world.otherOptions)
      expect(await world.audit()).toEqual([])
    })

    test('a crowd after ten pieces: ten are sold, and the audit is clean', async () => {
      await world.setStock(optionId, 10)
      const crowd = Array.from({ length: 40 }, (_, buyer) =>
        outcomeOf(world.place(design, buyer % 2 === 0 ? ['1x3', '1x4'] : ['1x4', '1x3'])),
      )
      const answers = await Promise.all(crowd)
      expect(answers.filter((answer) => typeof answer === 'object').length).toBe(10)
      await settleStock(world.options)
      expect([await left(), await world.audit()]).toEqual([0, []])
    })
  })
})
