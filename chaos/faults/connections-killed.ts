import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  pauseMs: z.int().min(500).max(60_000).default(10_000).describe('Pause until the next round'),
})

/**
 * Every session of the shop's schema is ended at once, again and again: what is open is rolled
 * back, a COMMIT in hand may have happened or not, and all processes connect again in the same
 * moment. Sessions of other programs on the schema are among them, such as a reader of yours.
 */
export const connectionsKilled = defineFault({
  name: 'connections-killed',
  summary: 'All connections to the shop’s schema end at the same moment.',
  imitates: 'a failover, a restart of a proxy, or connections that expire together',
  hurts:
    'designs with long transactions, such as `transaction=one-big`: more work is lost or in ' +
    'doubt, and designs with many connections, which all log in again at once',
  spares: 'what is answered from a cache, such as pages with `reads=cached`',
  processes: ['board'],
  settings,
  example: { pauseMs: 5000 },
  outside: {
    async act(_settings, outside) {
      const session = await outside.open()
      const found = await session.run(
        `select id as id from information_schema.processlist /* chaos */
          where db = database() and id <> connection_id()`,
      )
      let killed = 0
      for (const { id } of found) {
        if (outside.isOver()) break
        // One that has ended by itself meanwhile is not known any more.
        const isKilled = await session.run('kill /* chaos */ ?', [Number(id)]).then(
          () => true,
          () => false,
        )
        if (isKilled) killed += 1
      }
      if (killed > 0) outside.tookHold()
    },
  },
})
