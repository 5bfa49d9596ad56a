import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  afterMs: z
    .int()
    .min(50)
    .max(60_000)
    .default(800)
    .describe('A client that has no answer by then leaves, and does not come back'),
})

/** Makes running clients leave early: the server works on. */
export const abandon = defineFault({
  name: 'abandon',
  summary: 'Clients leave instead of waiting, and the server works on without them.',
  imitates: 'customers who leave a page that takes too long, behind a server that does not notice',
  hurts: '`admission=open`, which does work for clients that have left',
  spares: 'designs that refuse early, since what they admit is soon done',
  processes: ['api'],
  settings,
  example: { afterMs: 800 },
  clientPolicy: ({ afterMs }) => `attempts=1;timeout-ms=${afterMs}`,
})
