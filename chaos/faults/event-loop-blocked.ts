import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  // Short, since the process can receive nothing meanwhile, not even that the fault is off.
  blockMs: z.int().min(1).max(1000).default(100).describe('How long the process does nothing else'),
})

/**
 * The event loop stands still, as in a long garbage collection or in code that computes: all
 * requests of the process wait, not only the one that it bites at. Every design of one process is
 * hurt; replicas and admission help.
 */
export const eventLoopBlocked = defineFault({
  name: 'event-loop-blocked',
  summary: 'A process computes for a while at a request, so that all of its requests wait.',
  imitates: 'a long garbage collection, or code that computes',
  incident:
    'Cloudflare, 2 July 2019: one regular expression took all processor time, ' +
    'https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/',
  hurts: 'every design of the one process; `admission=open` keeps on queueing',
  spares: 'other replicas, and other processes of the arm',
  processes: ['api', 'tickets', 'bank', 'gateway'],
  settings,
  example: { blockMs: 200, probability: 0.01 },
  async atRequest({ blockMs }) {
    const endsAtMs = performance.now() + blockMs
    while (performance.now() < endsAtMs);
    return undefined
  },
})
