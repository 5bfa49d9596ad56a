import { describe, expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { type Connections, connect } from './connections.ts'
import { defaultLimits } from './pool.ts'
import { pinned, refuseUnfit, tooOld } from './session.ts'

const world = withWorld('session')

describeLive('sessions', ['TEST_DATABASE_URL'], () => {
  const open = () =>
    connect(world.proxy.through(world.databaseUrl), { ...defaultLimits, connections: 1 })

  async function with1(use: (pool: Connections) => Promise<void>) {
    const pool = open()
    await use(pool).finally(() => pool.close())
  }

  test('have what designs are compared under, whatever the server’s defaults are', async () => {
    await with1(async (pool) => {
      const shown = await pool.rows<{ Variable_name: string; Value: string }>(sql`show variables`)
      const values = new Map(shown.map((row) => [row.Variable_name, row.Value]))
      const isolation = values.get('transaction_isolation') ?? values.get('tx_isolation')
      expect(isolation).toBe(pinned.transaction_isolation)
      expect(values.get('sql_mode')).toBe(pinned.sql_mode)
      expect(values.get('time_zone')).toBe(pinned.time_zone)
      expect(['OFF', undefined]).toContain(values.get('innodb_snapshot_isolation'))
      await refuseUnfit(pool)
    })
  })

  test('have the limits of their pool, and read large ids exactly', async () => {
    const pool = connect(world.databaseUrl, { ...defaultLimits, lockWaitTimeoutSeconds: 7 })
    const read = () =>
      pool.rows(sql`select @@innodb_lock_wait_timeout as wait,
            cast(9007199254740993 as unsigned) as id`)
    const rows = (await Promise.all([read(), read()])).flat() as { wait: string }[]
    for (const row of rows) {
      expect([Number(row.wait), row]).toMatchObject([7, { id: '9007199254740993' }])
    }
    await pool.close()
  })

  test.each(['SET time_zone', 'SET SESSION TRANSACTION'])(
    'that do not take their settings (%s) are not used',
    async (statement) => {
      const errors = console.error
      console.error = () => {}
      await with1(async (pool) => {
        world.proxy.lose(statement, 'refused')
        const first = pool.rows(sql`select 1`)
        await expect(first).rejects.toMatchObject({ code: 'database-unavailable' })
        expect(await pool.rows(sql`select 'here' as one`)).toEqual([{ one: 'here' }])
      }).finally(() => {
        console.error = errors
      })
    },
  )

  test('that have other settings are refused at the start, all flaws named', async () => {
    await with1(async (pool) => {
      const changed = {
        ...pool,
        rows: async <Row extends object>() =>
          [
            { Variable_name: 'version', Value: '10.5.29-MariaDB' },
            { Variable_name: 'tx_isolation', Value: 'READ-COMMITTED' },
            { Variable_name: 'sql_mode', Value: 'NO_BACKSLASH_ESCAPES' },
            { Variable_name: 'innodb_snapshot_isolation', Value: 'ON' },
          ] as object[] as Row[],
      }
      const refusal = refuseUnfit(changed)
      for (const name of ['10.5.29', 'tx_isolation', 'sql_mode', 'innodb_snapshot_isolation']) {
        await expect(refusal).rejects.toThrow(name)
      }
    })
  })

  test('of a database that is away are not judged', async () => {
    const away = connect('mysql://root@127.0.0.1:1/stampede_none')
    await refuseUnfit(away)
    await away.close()
  })
})

describe('versions', () => {
  test.each([
    ['10.6.0-MariaDB', true],
    ['10.11.19-MariaDB-0+deb12u1', true],
    ['11.8.2-MariaDB', true],
    ['10.5.29-MariaDB', false],
    ['8.0.36', true],
    ['9.7.4-2', true],
    ['5.7.44-log', false],
  ])('%s can be used: %p', (version, isFit) => expect(tooOld(version) === undefined).toBe(isFit))
})
