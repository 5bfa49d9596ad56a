import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { createBoard } from '../../chaos/board.ts'
import { connect } from '../db/connections.ts'
import { defaultLimits } from '../db/pool.ts'
import { eventually } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { insideOf } from './inside-rounds.ts'

describeLive('pool-squeeze on a pool', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('pool-squeeze')

  test.each(['a reset', 'the process being asked to stop'])(
    'who finds no connection waits until %s, and nothing is kept',
    async (how) => {
      const board = createBoard()
      const pool = connect(world.databaseUrl, { ...defaultLimits, connections: 4 }, board)
      const inside = insideOf(board, 'api')
      inside.start(pool)
      try {
        board.put('pool-squeeze', { share: 1, holdMs: 10_000 })
        await eventually('all are taken', async () => pool.counters.inUse === 4)
        let isAnswered = false
        const answer = pool.rows(sql`select 1 as one`).then((rows) => {
          isAnswered = true
          return rows
        })
        await eventually('a request waits', async () => pool.counters.waits > 0)
        expect(isAnswered).toBe(false)
        board.reset()
        if (how !== 'a reset') inside.stop()
        expect(await answer).toHaveLength(1)
        await eventually('all are given back', async () => pool.counters.inUse === 0)
        expect(board.one('pool-squeeze').injected).toBe(1)
      } finally {
        board.reset()
        inside.stop()
        await pool.close()
      }
    },
    30_000,
  )
})
