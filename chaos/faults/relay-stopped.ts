import { commonSettings, defineFault } from '../fault.ts'

/**
 * The worker claims no event from the outbox; what it has claimed already goes on. Events wait in
 * the database, in order and complete, and are relayed once the fault is over.
 */
export const relayStopped = defineFault({
  name: 'relay-stopped',
  summary: 'The worker claims no event from the outbox, so that side effects wait.',
  imitates: 'a relay that has lost its connection, or a deployment that has forgotten to start it',
  hurts: '`effects=outbox`: side effects are late by as long as it lasts, and then come at once',
  spares: 'orders and payments, and designs that call partners within the request',
  processes: ['worker'],
  settings: commonSettings,
  example: { probability: 1 },
  stopsLoop: 'relay',
})
