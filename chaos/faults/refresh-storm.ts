import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  afterMs: z
    .int()
    .min(50)
    .max(60_000)
    .default(500)
    .describe('A page that takes longer is reloaded'),
  times: z.int().min(1).max(19).default(3).describe('Most reloads of one page'),
})

/** Makes running clients press F5: the request that they leave is worked on all the same. */
export const refreshStorm = defineFault({
  name: 'refresh-storm',
  summary: 'Customers reload a page that does not come at once; writes are left alone.',
  imitates: 'customers who press F5 when a page does not come',
  hurts: 'designs that read row by row, without an index or a cache',
  spares: '`reads=cached`, whose builders serve many readers at once',
  processes: ['api'],
  settings,
  example: { afterMs: 500, times: 3 },
  clientPolicy: ({ afterMs, times }) => `read-attempts=${times + 1};read-timeout-ms=${afterMs}`,
})
