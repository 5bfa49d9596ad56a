import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'
import { roundSettings, waitUntilOver } from '../rounds.ts'

const settings = commonSettings.extend({
  ...roundSettings,
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('Share of the pool’s connections that it takes, at least one'),
})

/**
 * A share of the pool's connections is borrowed and does nothing, in each process by itself, as any
 * borrower would get them: a pool that is busy lends them one by one. They are given back when the
 * round or the fault is over, and when the process is asked to stop; they end with the process.
 */
export const poolSqueeze = defineFault({
  name: 'pool-squeeze',
  summary: 'A share of the database pool of a process is taken away.',
  imitates: 'connections that leak, or a report that borrows many of them for long',
  hurts:
    'designs whose requests hold a connection while they wait for something else, such as ' +
    '`transaction=one-big`: they need the most connections for the same sale',
  spares:
    'designs that serve many requests with one connection, such as `transaction=batched`, and ' +
    'pages from a cache (`reads=cached`)',
  processes: ['api', 'worker'],
  settings,
  example: { share: 0.75, holdMs: 5000, pauseMs: 0 },
  inside: {
    async act({ share, holdMs }, { pool, isOver, tookHold }) {
      if (!pool || isOver()) return
      const wanted = Math.max(1, Math.round(pool.connections * share))
      const takes = await Promise.allSettled(Array.from({ length: wanted }, () => pool.take()))
      const taken = takes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      try {
        if (taken.length === 0 || isOver()) return
        tookHold()
        await waitUntilOver(holdMs, isOver)
      } finally {
        for (const giveBack of taken) giveBack()
      }
    },
  },
})
