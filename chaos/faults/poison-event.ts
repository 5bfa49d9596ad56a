import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  handler: z
    .string()
    .regex(/^[a-z-]{1,32}$/, 'must be 1 to 32 of a-z -')
    .optional()
    .describe('Only effects of this handler, such as `messages`; absent = of every one'),
  oneOf: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('One event of so many is poison, always the same of one seed'),
})

/**
 * Some events never succeed, by their ids, while the others do: each is dead after three tries,
 * with an alert, and the rest of the queue goes on. Once the fault is over, a replay delivers them.
 */
export const poisonEvent = defineFault({
  name: 'poison-event',
  summary: 'One event of so many never succeeds in the worker, until it is dead after three tries.',
  imitates: 'an event that its consumer cannot read, such as one of a newer version',
  hurts: '`effects=outbox`: the event is dead until replayed, and costs three tries',
  spares: 'all other events; designs that call partners within the request have no consumer',
  processes: ['worker'],
  settings,
  example: { handler: 'messages', oneOf: 10 },
  effectFails: ({ handler, oneOf, seed }, effect) =>
    (handler ?? effect.handler) === effect.handler &&
    Bun.hash.xxHash32(`poison ${effect.eventId}`, seed) % oneOf === 0,
})
