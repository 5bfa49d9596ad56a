import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { openReader } from '../../audit/reader.ts'
import { describeLive, withWorld } from '../../server/testing/fixtures.ts'
import { LockWatch } from './lock-watch.ts'

const world = withWorld('lock-watch')

describeLive('row locks', ['TEST_DATABASE_URL'], () => {
  test('a wait is counted, and the session in its way is named', async () => {
    const reader = openReader(world.databaseUrl)
    const [row] = await world.query<{ isOn: number }>(sql`select @@performance_schema as isOn`)
    const [version] = await world.query<{ text: string }>(sql`select version() as text`)
    const showsBlockers = /maria/i.test(version?.text ?? '') || Number(row?.isOn) === 1
    const holder = await reader.getConnection()
    const waiter = await reader.getConnection()
    const watch = new LockWatch(reader, 20)
    try {
      await holder.beginTransaction()
      await holder.query('update users set balance_minor = balance_minor where id = 1')
      const waiting = waiter.query(
        'update users set balance_minor = 7 + balance_minor where id = 1',
      )
      const isWaiting = async () => {
        const [rows] = await reader.query(
          "select 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT'",
        )
        return (rows as unknown[]).length > 0
      }
      while (!(await isWaiting())) await Bun.sleep(10)
      await Bun.sleep(200)
      await holder.rollback()
      await waiting
      const locks = await watch.stop()
      expect(locks?.samples.some((one) => one.waiting > 0 && one.rowsLocked > 0)).toBe(true)
      if (!showsBlockers) return expect(locks?.blockers).toBeNull()
      const own = locks?.blockers?.find(({ session }) => session === String(holder.threadId))
      expect(own).toMatchObject({ waiting: 1, isIdle: true })
      expect(own?.waitedMs).toBeGreaterThan(0)
    } finally {
      await watch.stop()
      holder.release()
      waiter.release()
      await reader.end()
    }
  }, 20_000)
})
