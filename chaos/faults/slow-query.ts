import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { pointsWithoutConnection } from '../../server/points.ts'
import { commonSettings, defineFault } from '../fault.ts'

const latencyMsMax = 10_000
/** A sleep is cut into slices, so that switching the fault off ends it within one of them. */
const sliceMs = 250

const settings = commonSettings.extend({
  latencyMs: z.int().min(1).max(latencyMsMax).default(200).describe('How long the database sleeps'),
})

/**
 * The database really sleeps, on the connection whose transaction holds the locks: once for each
 * statement at the point, so that a design with fewer statements is hit less, as it would be. SLEEP
 * and not a busy query: it ends within seconds when its client dies, BENCHMARK runs on for minutes.
 */
export const slowQuery = defineFault({
  name: 'slow-query',
  summary:
    'Each statement at the point takes longer in the database while its transaction holds its ' +
    'locks: each that takes stock, be it for one line or for many orders.',
  imitates: 'a statement whose plan has changed, or a busy disk',
  hurts: 'designs that send more statements while they hold a row, such as `transaction=one-big`',
  spares: 'designs with one statement for many lines or orders are hit once for all of them',
  processes: ['api', 'worker'],
  settings,
  example: { latencyMs: 200 },
  atPoint: {
    reaches: (point) => !pointsWithoutConnection.includes(point),
    wants: ({ target }, { point, db }) =>
      db !== undefined && point === (target.point ?? 'order.stock.taken'),
    async act({ latencyMs }, { db }, isOver) {
      for (let leftMs = latencyMs; leftMs > 0 && !isOver(); leftMs -= sliceMs) {
        const seconds = Math.min(leftMs, sliceMs) / 1000
        await db?.rows(sql`select /* chaos */ sleep(${seconds})`)
      }
    },
  },
})
