import { z } from 'zod'
import { handlerSetting, isOfHandler } from '../effect-handler.ts'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  ...handlerSetting('messages'),
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
  effectFails: (settings, effect) =>
    isOfHandler(settings, effect) &&
    Bun.hash.xxHash32(`poison ${effect.eventId}`, settings.seed) % settings.oneOf === 0,
})
