import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'
import { roundSettings } from '../rounds.ts'

const settings = commonSettings.extend({
  ...roundSettings,
  rows: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe(
      'Options of products that it locks, from the lowest id: the crowd wants the first 20 most; ' +
        'with `target.item` that one alone',
    ),
})

/**
 * A transaction of a session outside the shop locks rows and does nothing, again and again. It
 * changes no row. A shop that holds one of them for a second by itself is not waited for.
 */
export const lockHold = defineFault({
  name: 'lock-hold',
  summary: 'Another client of the database locks the hot rows of the stock and lingers.',
  imitates: 'a batch job, or a person at a console, with a transaction left open',
  hurts:
    'designs that take stock from the row within the order’s transaction: every order waits, and ' +
    'its connection with it, until the pool is empty',
  spares:
    '`stock=derived` while much is left, and `stock=redis-counter`: they lock the row to settle',
  processes: ['board'],
  settings,
  example: { holdMs: 2000, pauseMs: 1000, rows: 4 },
  outside: {
    takesItem: true,
    async act({ rows, holdMs, target: { item } }, outside) {
      const session = await outside.open()
      await session.run('start transaction')
      const which = item === undefined ? 'id <= ?' : 'id = ?'
      const locked = await session.run(
        `select /* chaos */ id from product_options where ${which} order by id for update`,
        [item ?? rows],
        2000,
      )
      if (locked.length === 0) return
      outside.tookHold()
      await outside.hold(session, holdMs)
    },
  },
})
