import { z } from 'zod'
import type { LadderOptions } from '../experiments/ladder/options.ts'
import { shapeOf } from '../experiments/run/plan.ts'
import { ladder } from '../server/designs/ladder.ts'
import { defineCommand } from './command.ts'
import { requireArrivals } from './flags.ts'
import { ladderFlags } from './ladder-flags.ts'

export default defineCommand({
  name: 'ladder',
  description: 'measure what each axis contributes: alone, left out, all together',
  flags: {
    ...ladderFlags,
    leaveOut: {
      help: 'also run after without each axis; off with --quick unless given',
      helpOff: 'only before with each axis, and after: half the time',
      value: z.boolean().optional(),
    },
  },
  complete: ({ leaveOut: asked, ...shared }): LadderOptions => {
    const leaveOut = asked ?? !shared.quick
    const words = [leaveOut ? '--leave-out' : '--no-leave-out']
    requireArrivals(shared.arrivals, shapeOf(shared))
    return { kind: 'ladder', ...ladder(leaveOut), words, ...shared }
  },
  run: async (options) => (await import('../experiments/ladder/command.ts')).ladder(options),
})
