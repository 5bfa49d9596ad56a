import { commonSettings, defineFault } from '../fault.ts'

/** Makes running clients send every write twice at once, as a double click or a proxy does. */
export const duplicateSubmit = defineFault({
  name: 'duplicate-submit',
  summary: 'Clients send each write twice at the same moment, under one idempotency key.',
  imitates: 'a double click, or a proxy that sends a request again',
  hurts: 'locks and pool: each write is claimed and answered twice',
  spares: 'data of every design: one key is one order',
  processes: ['api'],
  settings: commonSettings,
  example: { probability: 0.5 },
  clientPolicy: () => 'twice=writes',
})
