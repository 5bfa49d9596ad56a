import { commonSettings, defineFault } from '../fault.ts'

/** Makes running clients send every write twice at once, as a double click or a proxy does. */
export const duplicateSubmit = defineFault({
  name: 'duplicate-submit',
  summary: 'Clients send each write twice at the same moment, under one idempotency key.',
  processes: ['api'],
  settings: commonSettings,
  example: { probability: 0.5 },
  clientPolicy: () => 'twice=writes',
})
