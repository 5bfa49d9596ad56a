import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  times: z
    .int()
    .min(1)
    .max(20)
    .default(1)
    .describe('So many processes die in all; a process that starts again may be one of them'),
})

/** As a shell reports a process that SIGKILL has ended. */
const exitCode = 137

/**
 * A process ends itself with SIGKILL at a point of a flow: connections break, the database rolls
 * back what is open, and what was in memory is gone. The board grants each death, so that it counts
 * those of processes that can no longer report, and one that is started again is not killed beyond
 * `times`. Rehearsals, `up` and docker compose start it again.
 */
export const crash = defineFault({
  name: 'crash',
  summary:
    'A process kills itself at a point of a flow (`order.written` where none is named), and is ' +
    'started again by what keeps it running.',
  imitates: 'a process that is killed for its memory, or by its host, in the middle of its work',
  hurts:
    'what is only in memory, such as orders that wait in `stock=coalesced`, and answers that are ' +
    'lost after a commit: a client that repeats without its key orders twice',
  spares: 'what is committed; other replicas and processes go on',
  processes: ['api', 'worker'],
  needsBoard: true,
  settings,
  example: { times: 1 },
  times: ({ times }) => times,
  atPoint: {
    wants: ({ target }, { point }) => point === (target.point ?? 'order.written'),
    async act() {
      process.kill(process.pid, 'SIGKILL')
      // Only the first process of a container is still here: the kernel spares it its own signal.
      process.exit(exitCode)
    },
  },
})
