import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

/** A sleep is cut into slices, so that switching the fault off ends it within one of them. */
const sliceMs = 250

const settings = commonSettings.extend({
  latencyMs: z.int().min(1).max(10_000).default(100).describe('How much longer a COMMIT takes'),
})

/**
 * The database sleeps once the writes of a transaction are sent and before its COMMIT, so that its
 * locks are held for as long. A write that commits by itself is late, and holds nothing meanwhile:
 * it locks when it runs. What only reads is not slower.
 */
export const slowCommit = defineFault({
  name: 'slow-commit',
  summary: 'Every commit takes longer in the database while its transaction holds its locks.',
  imitates: 'a slow disk, or a replica that has to acknowledge, under the log of a database',
  incident:
    'Roblox, 28 to 31 October 2021: slow writes to the log of Consul’s store (BoltDB), 73 hours ' +
    'of outage, https://blog.roblox.com/2022/01/roblox-return-to-service-10-28-10-31-2021',
  hurts: 'designs with many transactions an order, such as `transaction=per-item`, and hot rows',
  spares: 'designs that merge waiting requests into one transaction (`batched`, `coalesced`)',
  processes: ['api', 'worker'],
  settings,
  example: { latencyMs: 50 },
  async atCommit({ latencyMs }, db, isOver) {
    for (let leftMs = latencyMs; leftMs > 0 && !isOver(); leftMs -= sliceMs) {
      const seconds = Math.min(leftMs, sliceMs) / 1000
      await db.rows(sql`select /* chaos */ sleep(${seconds})`)
    }
  },
})
