import { handlerSetting, isOfHandler } from '../effect-handler.ts'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend(handlerSetting('messages'))

/**
 * A side effect that has succeeded is made once more, as by a worker whose acknowledgement was
 * lost: the partner gets the event again and drops it by its id, and the inbox keeps its own part
 * from being written twice.
 */
export const deliveredTwice = defineFault({
  name: 'delivered-twice',
  summary: 'The worker makes a side effect that has succeeded once more.',
  imitates: 'a queue that delivers at least once, after an acknowledgement was lost',
  hurts: 'consumers that do not go by the id of the event, and the time of the worker',
  spares: 'data of `effects=outbox`: a row for each effect lets one delivery win',
  processes: ['worker'],
  settings,
  example: { handler: 'best-sellers', probability: 0.5 },
  effectRepeats: (settings, effect) => isOfHandler(settings, effect),
})
