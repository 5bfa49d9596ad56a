import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'
import type { OutsideSession } from '../outside.ts'

const settings = commonSettings.extend({
  rows: z
    .int()
    .min(2)
    .max(100)
    .default(20)
    .describe('Options of products that both lock, from the lowest id: one up, the other down'),
  stepMs: z.int().min(0).max(200).default(5).describe('Pause of each before its next row'),
  weight: z
    .int()
    .min(0)
    .max(50)
    .default(10)
    .describe(
      'Changes that each makes, and takes back, before it locks: of a deadlock InnoDB rolls back ' +
        'the transaction that has changed less, be it one of the shop’s',
    ),
  pauseMs: z.int().min(0).max(60_000).default(1000).describe('Pause until the next round'),
})

/** As the server refuses whom it chose, or who has waited for a second. */
const deadlock = 1213
const waitedTooLong = 1205

/**
 * Two sessions outside the shop lock the hot rows of the stock, one up and one down, until they
 * meet and the server rolls one of them back. An order of several lines that comes between them
 * waits for one and holds what it wants: then it is the victim. Neither session ever commits, and a
 * change is taken back in the statement after it, so no row is different.
 */
export const deadlockPair = defineFault({
  name: 'deadlock-pair',
  summary: 'Two other clients of the database lock the hot rows of the stock in opposite order.',
  imitates: 'two batch jobs, or a job and the shop, that lock the same rows in different order',
  hurts:
    'designs that lock the rows of several lines one after another, such as ' +
    '`transaction=one-big`: their orders wait, or are rolled back and done again',
  spares:
    'orders of one line, and designs that do not lock the row to take stock (`stock=derived` ' +
    'while much is left, `stock=redis-counter`)',
  processes: ['board'],
  settings,
  example: { rows: 20, stepMs: 5, pauseMs: 500 },
  outside: {
    async act({ rows, stepMs, weight }, outside) {
      const [up, down] = [await outside.open(), await outside.open()]
      const found = await up.run('select id from product_options where id <= ? order by id', [rows])
      const ids = found.map(({ id }) => String(id))
      if (ids.length < 2) return
      let isDeadlocked = false
      const lockInTurn = async (session: OutsideSession, order: readonly string[]) => {
        try {
          await session.run('start transaction')
          await changeAndTakeBack(session, order[0] ?? '', weight)
          for (const id of order) {
            await session.run(
              'select /* chaos */ id from product_options where id = ? for update',
              [id],
              answerMsMax,
            )
            await Bun.sleep(stepMs)
          }
        } catch (error) {
          const { errno } = error as { errno?: number }
          if (errno !== deadlock && errno !== waitedTooLong) throw error
          isDeadlocked ||= errno === deadlock
        } finally {
          // The server rolls back: the other gets what this one held.
          session.end()
        }
      }
      await Promise.all([lockInTurn(up, ids), lockInTurn(down, ids.toReversed())])
      if (isDeadlocked) outside.tookHold()
    },
  },
})

/** More than the server's patience with a lock, which is a second. */
const answerMsMax = 2000

async function changeAndTakeBack(session: OutsideSession, id: string, weight: number) {
  for (let change = 0; change < weight; change += 1) {
    for (const step of ['+ 1', '- 1']) {
      await session.run(
        `update /* chaos */ product_options set stock = stock ${step} where id = ?`,
        [id],
        answerMsMax,
      )
    }
  }
}
