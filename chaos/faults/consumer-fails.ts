import { z } from 'zod'
import { handlerSetting, isOfHandler } from '../effect-handler.ts'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  ...handlerSetting('slack'),
  firstTries: z
    .int()
    .min(1)
    .max(3)
    .default(1)
    .describe('So many tries of an effect may fail; after the third it is dead'),
})

/**
 * The worker's tries of side effects fail before the partner is called, as with a bug in a consumer
 * or a partner that refuses: what is relayed is delayed, and with three tries dead until replayed.
 * Orders and payments of a design with an outbox go on; one that calls within the request has no
 * consumer, and is not hurt.
 */
export const consumerFails = defineFault({
  name: 'consumer-fails',
  summary: 'Tries of side effects fail in the worker, before the partner is called.',
  imitates: 'a bug in a consumer, or a partner that refuses',
  hurts: '`effects=outbox`: its deliveries are late, and after three tries dead until replayed',
  spares: 'orders and payments; designs that call partners within the request have no consumer',
  processes: ['worker'],
  settings,
  example: { handler: 'slack', firstTries: 1, probability: 0.5 },
  effectFails: (settings, effect) =>
    isOfHandler(settings, effect) && effect.attempt <= settings.firstTries,
})
