import { z } from 'zod'
import { commonSettings, defineFault } from '../chaos/fault.ts'

const settings = commonSettings.extend({
  stallMs: z.int().min(1).max(1000).default(100).describe('How long the process does nothing else'),
})

/**
 * The event loop stands still, as in a long garbage collection: all requests of the process wait,
 * not only the one at the point. Its bounds are short, since nothing else can run meanwhile.
 */
export const eventLoopStall = defineFault({
  name: 'event-loop-stall',
  summary: 'The process does nothing for a while, so that all of its requests wait.',
  imitates: 'a long garbage collection',
  hurts: 'every design of the process',
  spares: 'other replicas',
  processes: ['api'],
  settings,
  example: { stallMs: 200 },
  atPoint: {
    wants: ({ target }, { point }) => point === (target.point ?? 'order.quoted'),
    async act({ stallMs }, _site, isOver) {
      const endsAtMs = performance.now() + stallMs
      while (performance.now() < endsAtMs && !isOver());
    },
  },
})
