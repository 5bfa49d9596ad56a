import { describe, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { Connections } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import { placeOrder } from '../../../flows/place-order.ts'
import { eventually } from '../../../testing/barrier.ts'
import { describeLive, withWorld } from '../../../testing/fixtures.ts'
import { killAt, moment, pauseAt } from '../../../testing/interrupt.ts'
import { lines, newKey, outcomeOf } from '../../../testing/shopping.ts'
import { afterGrace, settleStock } from '../../../testing/stock-settling.ts'
import { parseDesign } from '../../design.ts'
import type { FlowCtx } from '../../flow-ctx.ts'
import type { OpenedOptions } from '../../opened-options.ts'
import { claimSlot, settleBatches, takeBatch } from './batches.ts'
import { CoalescedStock } from './coalesced.ts'

const world = withWorld('coalesced')

const optionId = '3'
const atStart = 100
const merged = 'transaction=split,stock=coalesced'

const order = (ctx: FlowCtx, ...items: string[]) =>
  placeOrder(ctx, { userId: '1', idempotencyKey: newKey(), items: lines(...items) })
const take = (options: OpenedOptions, quantity: number) => {
  const ctx = options.ctx(parseDesign(merged), 'test')
  return ctx.connections.transaction((db) => ctx.design.stock.take(ctx, db, { optionId, quantity }))
}
/** The stock of the process under test, and of another one. */
const stock = () => world.options.option('stock', 'coalesced')
const others = () => world.otherOptions.option('stock', 'coalesced')
const left = () => world.stockOf(optionId)
const openBatches = async () =>
  (await world.query(sql`select id from stock_batches where settled_at is null`)).length
/** What another process does about batches that are old by now. */
const sweep = async () => {
  await others().settle(afterGrace())
}

describeLive('coalesced stock', ['TEST_DATABASE_URL'], () => {
  test('a hundred who come at once are one statement, and a batch of their own', async () => {
    const { counts, coalescer } = stock()
    const before = { ...counts }
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => coalescer.takeAlone(optionId, 1)),
    )
    expect(answers.every(Boolean)).toBe(true)
    expect([counts.flushes - before.flushes, counts.merged - before.merged]).toEqual([1, 100])
    expect(await left()).toBe(0)
    await sweep()
    expect(await left()).toBe(0)
  })

  test('where stock runs short, who fits is served in the order of coming', async () => {
    await world.query(sql`update product_options set stock = 8 where id = ${optionId}`)
    const { coalescer } = stock()
    const wanted = [5, 2, 4, 1, 1]
    const alone = wanted.map((quantity) => coalescer.takeAlone(optionId, quantity))
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
    const { coalescer } = stock()
    const [slow, gone] = await Promise.all([1, 2].map((units) => coalescer.take(optionId, units)))
    gone?.ended('rolled-back')
    await stock().settleOwn()
    expect([await left(), await openBatches()]).toEqual([atStart - 1, 1])
    slow?.ended('rolled-back')
    await stock().settleOwn()
    expect([await left(), await openBatches()]).toEqual([atStart, 0])
  })

  test('killed between the flush and the claim: it comes back once it is old', async () => {
    await stock().coalescer.take(optionId, 3)
    await settleStock(world.otherOptions)
    expect(await left()).toBe(atStart - 3)
    await sweep()
    expect(await left()).toBe(atStart)
  })

  test('a claim that comes too late is refused, and nothing is sold', async () => {
    const { coalescer } = stock()
    const take = coalescer.take.bind(coalescer)
    const late = spyOn(coalescer, 'take').mockImplementation(async (option, quantity) => {
      const grant = await take(option, quantity)
      await sweep()
      return grant
    })
    const ctx = world.ctx('transaction=one-big,stock=coalesced')
    expect(await outcomeOf(order(ctx, '2x3'))).toBe('lock-contention')
    late.mockRestore()
    await settleStock(world.options)
    expect([await left(), await world.audit()]).toEqual([atStart, []])
  })

  test('a claim under way is left alone, however old its batch is', async () => {
    const ctx = world.ctx('transaction=one-big,stock=coalesced')
    const slow = await pauseAt(world, moment('order.written'), () => order(ctx, '2x3'))
    await sweep()
    expect(await left()).toBe(atStart - 2)
    await slow.resume()
    await settleStock(world.options)
    expect([await left(), await world.audit()]).toEqual([atStart - 2, []])
  })

  test('where the commit’s end is not known, the sweeper finds out', async () => {
    const { coalescer } = stock()
    const { connections } = world.services
    const [kept, lost] = await Promise.all([2, 3].map((units) => coalescer.take(optionId, units)))
    if (!kept || !lost) throw new Error('there was enough for both')
    await connections.transaction((db) => claimSlot(db, kept))
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
    }).coalescer
    expect(await outcomeOf(unsure.take(optionId, 1))).toBe('database-unavailable')
    expect(await outcomeOf(unsure.takeAlone(optionId, 1))).toBe('commit-unknown')
    await sweep()
    expect(await left()).toBe(atStart - 1)
  })

  test('two sweepers at once give each unit back once', async () => {
    const { coalescer } = stock()
    for (let turn = 0; turn < 5; turn += 1) await coalescer.take(optionId, 4)
    const sweepers = [others(), stock(), others()].map((one) => one.settle(afterGrace()))
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
      await side.transaction((db) => claimSlot(db, { batchId, slot: 0, quantity: 1 }))
    }
    let settledMeanwhile = 0
    const slow: Connections = {
      ...side,
      transaction: (work) =>
        side.transaction(async (db) => {
          const result = await work(db)
          settledMeanwhile = (await settleBatches(world.others.side, theirs)).batches
          return result
        }),
    }
    expect((await settleBatches(slow, ours)).batches).toBe(4)
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

  describe.each(['one-big', 'split'])('transaction=%s', (shape) => {
    const ctx = () => world.ctx(`transaction=${shape},stock=coalesced`)
    const moments = ['order.stock.taken 1', 'order.stock.taken 2', 'order.written', 'committed 1']

    test.each(moments)('killed at %s: all is sold or all is back', async (words) => {
      await killAt(world, moment(words), () => order(ctx(), '2x3', '1x4'))
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
        outcomeOf(order(ctx(), ...(buyer % 2 === 0 ? ['1x3', '1x4'] : ['1x4', '1x3']))),
      )
      const answers = await Promise.all(crowd)
      expect(answers.filter((answer) => typeof answer === 'object').length).toBe(10)
      await settleStock(world.options)
      expect([await left(), await world.audit()]).toEqual([0, []])
      await world.setStock(optionId, atStart)
    })
  })
})
