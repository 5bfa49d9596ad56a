import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { connect } from '../../server/db/connections.ts'
import { type SequenceName, sequenceNames } from '../../server/designs/ids/ids.ts'
import { jsonRequest, tokenForTest } from '../../server/testing/app-for-test.ts'
import {
  checkout,
  expectSoundShop,
  untilQuiescent,
  withSpawnedShop,
} from '../../server/testing/crash-crowd.ts'
import { describeLive } from '../../server/testing/fixtures.ts'
import { ShopClient } from '../canary/shop-client.ts'
import { readCounters, readLargestId } from './counters.ts'
import { growthOf, readFound } from './inventory.ts'
import { moveOne } from './move-one.ts'

const buyers = 4
/** A customer has a line for each of the options in the cart: the carts are not to be full. */
const pauseMs = 100
const answerMsMax = 10_000

describeLive('all sequences', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const { world, shop } = withSpawnedShop('fade_out', 'after,ids=sequence-table')

  /** Buyers one after another, each with a line in the cart, until the work is done. */
  async function underLoad(
    round: string,
    work: () => Promise<void>,
  ): Promise<(number | undefined)[]> {
    const statuses: (number | undefined)[] = []
    let isOver = false
    const buyInTurn = async (_: unknown, first: number) => {
      for (let turn = first; !isOver; turn += buyers) {
        const cart = `${shop.url('server')}/api/v1/carts/${1 + (turn % 20)}/items`
        const optionId = String(1 + (Math.floor(turn / 20) % 20))
        const line = jsonRequest('POST', { optionId, quantity: 1 })
        statuses.push((await fetch(cart, line)).status)
        statuses.push(await checkout(shop, 60 + turn, `${round}-${turn}`))
        await Bun.sleep(pauseMs)
      }
    }
    const crowd = Promise.all(Array.from({ length: buyers }, buyInTurn))
    try {
      await work()
    } finally {
      isOver = true
      await crowd
    }
    return statuses
  }

  test('go to the ticket server and back while customers buy: none sees an error', async () => {
    const db = connect(world.databaseUrl)
    await world.query(sql`update product_options set stock = 9999, initial_stock = 9999`)
    const client = new ShopClient(shop.url('server'), tokenForTest, 'a test', answerMsMax)
    const move = async (sequence: SequenceName, isBack: boolean) =>
      await moveOne({
        ...{ sequence, shop: client, windowSeconds: 1, tell: () => {} },
        to: isBack ? 'sequence-table' : 'ticket-server',
        retires: isBack ? ('mark' as const) : ('row' as const),
        start: isBack ? undefined : growthOf(await readFound(db, sequence)).start,
        counters: () => readCounters(db, sequence),
        largestId: () => readLargestId(db, sequence),
      })
    try {
      for (const isBack of [false, true]) {
        // An option that is in a cart already gets no line, and no id, of its own.
        await world.query(sql`delete from cart_items`)
        const statuses = await underLoad(`back-${isBack}`, async () => {
          for (const name of sequenceNames) {
            expect(await move(name, isBack)).toMatchObject({ sequence: name, outcome: 'stood' })
          }
        })
        const bad = statuses.filter((status) => status !== 201 && status !== 200)
        expect([bad, statuses.length > 20]).toEqual([[], true])
      }
      await untilQuiescent(world)
      await expectSoundShop(world, shop)
    } finally {
      await db.close()
    }
  }, 120_000)
})
