import { expect, test } from 'bun:test'
import { openReader } from '../../audit/reader.ts'
import { eventually, within } from '../../server/testing/barrier.ts'
import { describeLive, withWorld } from '../../server/testing/fixtures.ts'
import { showsLockWaits } from '../../server/testing/lock-waits-now.ts'
import { LockWatch } from './lock-watch.ts'

const world = withWorld('lock-watch')
/** Its looks may show the past while tests of other processes look too. */
const patience = { deadlineMs: 15_000 }

describeLive('row locks', ['TEST_DATABASE_URL'], () => {
  test('a wait is counted, and the session in its way is named', async () => {
    const reader = openReader(world.databaseUrl)
    const showsBlockers = await showsLockWaits(world.query)
    const holder = await reader.getConnection()
    const waiter = await reader.getConnection()
    const watch = new LockWatch(reader, 150)
    const sawWait = async () =>
      watch.soFar()?.samples.some((one) => one.waiting > 0 && one.rowsLocked > 0)
    const own = () =>
      watch.soFar()?.blockers?.find(({ session }) => session === String(holder.threadId))
    const sawBlocker = async () => (own()?.waitedMs ?? 0) > 0
    try {
      await holder.beginTransaction()
      await holder.query('update users set balance_minor = balance_minor where id = 1')
      const waiting = waiter.query(
        'update users set balance_minor = 7 + balance_minor where id = 1',
      )
      await eventually('the wait is seen', sawWait, patience)
      if (showsBlockers) await eventually('the blocker is seen', sawBlocker, patience)
      await holder.rollback()
      await within(waiting, 'the waiter to have the row')
      const locks = await watch.stop()
      expect(locks).toEqual(watch.soFar())
      if (showsBlockers) expect(own()).toMatchObject({ waiting: 1, isIdle: true })
      else expect(locks?.blockers).toBeNull()
    } finally {
      await watch.stop()
      holder.destroy()
      waiter.destroy()
      await reader.end()
    }
  }, 40_000)
})
