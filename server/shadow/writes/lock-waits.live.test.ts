import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { connect } from '../../db/connections.ts'
import { defaultLimits } from '../../db/pool.ts'
import { eventually } from '../../testing/barrier.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { showsLockWaits } from '../../testing/lock-waits-now.ts'
import { lockWaits } from './lock-waits.ts'

/** Tests of other processes look too, so that some looks show the past. */
const patience = { deadlineMs: 15_000, pollMs: 5 }
const limits = {
  ...{ ...defaultLimits, lockWaitTimeoutSeconds: 20 },
  ...{ statementTimeoutSeconds: 20, answerTimeoutMs: 25_000 },
}

describeLive('lock waits', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('lock_waits')
  const take = sql`update product_options set stock = stock - 1 where id = 1`

  test('one that begins between two of many looks is seen', async () => {
    const { connections, side } = world.services
    const waitersFor = await lockWaits(side)()
    const patient = connect(world.databaseUrl, limits)
    const isShown = await showsLockWaits(world.query)
    const buyer = await connections.transaction(async (db) => {
      const [own] = await db.rows<{ session: number }>(sql`select connection_id() as session`)
      const look = () => waitersFor(Number(own?.session))
      await db.change(take)
      expect(await look()).toBe(isShown ? 0 : undefined)
      const bought = patient.change(take)
      const seen = async () => (await look()) || undefined
      if (isShown) expect(await eventually('the wait is seen', seen, patience)).toBe(1)
      return { bought }
    })
    await buyer.bought
    await patient.close()
    expect(await world.stockOf('1')).toBe(98)
  }, 30_000)
})
