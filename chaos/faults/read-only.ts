import { commonSettings, defineFault } from '../fault.ts'

/**
 * Writes are refused with error 1290, as by a primary that was demoted; reads go on. The process
 * refuses them itself, before they are sent: a setting of the server would outlive the process that
 * set it, and reach every shop on the server. So a write inside a stored function is let through,
 * and a transaction that had written before may still commit.
 */
export const readOnly = defineFault({
  name: 'read-only',
  summary: 'The database refuses writes with 1290, while reads go on.',
  imitates: 'a failover after which a pool still speaks to the old primary, now a replica',
  incident:
    'Amazon Aurora with this very driver, 2023, the pool kept its read-only connections: ' +
    'https://github.com/sidorares/node-mysql2/issues/2050',
  hurts: 'every design’s orders and payments, which are refused, with no unit or money lost',
  spares: 'pages: what only reads is answered',
  processes: ['api', 'worker'],
  settings: commonSettings,
  example: { probability: 1 },
  refusesWrites: true,
})
