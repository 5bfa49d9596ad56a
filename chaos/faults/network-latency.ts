import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'
import { directionSetting, isInDirection, networkSettings } from '../network.ts'

const settings = commonSettings.extend({
  ...networkSettings,
  latencyMs: z.int().min(0).max(10_000).default(50).describe('Added to each piece of data'),
  jitterMs: z.int().min(0).max(10_000).default(0).describe('At random up to so much more'),
  direction: directionSetting('Which way is slow; `both` adds the latency twice to a question'),
})

/** Every piece of data arrives later, in its order: as if the server were further away. */
export const networkLatency = defineFault({
  name: 'network-latency',
  summary: 'What goes to a server, and what it answers, arrives later.',
  imitates: 'a server in another zone, or a network that is congested',
  hurts: 'designs with many round trips in a transaction, such as `transaction=one-big`',
  spares: 'designs with few round trips, such as `transaction=batched`, and what a cache answers',
  processes: ['proxy'],
  settings,
  example: { server: 'database', latencyMs: 20, jitterMs: 5, direction: 'answers' },
  network: {
    reaches: (settings, way) => isInDirection(settings, way),
    bite: ({ latencyMs, jitterMs }, chance) => ({
      do: 'delay',
      ms: latencyMs + jitterMs * chance(),
    }),
  },
})
