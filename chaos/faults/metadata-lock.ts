import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'
import type { Outside, OutsideSession } from '../outside.ts'
import { roundSettings } from '../rounds.ts'

const settings = commonSettings.extend({
  ...roundSettings,
  table: z
    .enum(['product_options', 'orders', 'payments'])
    .default('product_options')
    .describe('Every statement on this table waits'),
})

/** The DDL stands in the queue within this time, or the round is given up. */
const queueMsMax = 1000

/**
 * An idle transaction has read from a table, a schema change waits behind it for the table's
 * metadata lock, and every later statement on the table, reads too, waits behind both. The change
 * would set the table's comment to what it is, so nothing is different where it goes through, and
 * it gives up by itself a second after its round if nothing ends it.
 */
export const metadataLock = defineFault({
  name: 'metadata-lock',
  summary: 'A schema change waits behind an idle transaction, and the whole table behind it.',
  imitates: 'a migration that is run while some transaction is left open',
  incident:
    'GoCardless, 2015: a migration that waited behind a long read took its API down for 15 s ' +
    '(PostgreSQL), https://gocardless.com/blog/zero-downtime-postgres-migrations-the-hard-parts/',
  hurts: 'every design whose requests touch the table: connections wait until the pool is empty',
  spares: 'what is answered from a cache (`reads=cached`), and routes that do not touch the table',
  processes: ['board'],
  settings,
  example: { holdMs: 2000, pauseMs: 2000, table: 'orders' },
  outside: {
    async act({ table, holdMs }, outside) {
      const holder = await outside.open()
      const changer = await outside.open()
      const comment = await commentOf(holder, table)
      await changer.run(`set session lock_wait_timeout = ${Math.ceil(holdMs / 1000) + 1}`)
      await holder.run('start transaction')
      await holder.run(`select /* chaos */ 1 from ${table} limit 1`)
      const change = changer
        .run(
          `alter table /* chaos */ ${table} comment = ?, algorithm = inplace`,
          [comment],
          holdMs + 2 * queueMsMax,
        )
        .catch(() => {})
      try {
        if (!(await isQueued(holder, changer.id, outside))) return
        outside.tookHold()
        await outside.hold(holder, holdMs)
      } finally {
        // Before the transaction ends: else the change goes through.
        await holder.run(`kill /* chaos */ ${changer.id}`).catch(() => {})
        await change
      }
    },
  },
})

async function commentOf(session: OutsideSession, table: string): Promise<unknown> {
  const [row] = await session.run(
    `select table_comment as text from information_schema.tables
      where table_schema = database() and table_name = ?`,
    [table],
  )
  if (!row) throw new Error(`there is no table ${table}`)
  return row.text
}

/** Whether the server says that the session waits for a metadata lock. */
async function isQueued(
  session: OutsideSession,
  id: number,
  { isOver }: Outside,
): Promise<boolean> {
  const givenUpAtMs = performance.now() + queueMsMax
  while (performance.now() < givenUpAtMs && !isOver()) {
    const waiting = await session.run(
      `select 1 from information_schema.processlist
        where id = ? and state = 'Waiting for table metadata lock'`,
      [id],
    )
    if (waiting.length > 0) return true
    await Bun.sleep(10)
  }
  return false
}
