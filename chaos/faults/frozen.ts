import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  forMs: z.int().min(100).max(30_000).default(5000).describe('How long each freeze lasts'),
  pauseMs: z
    .int()
    .min(500)
    .max(60_000)
    .default(10_000)
    .describe('Pause until the next freeze of the same process'),
})

/**
 * A process is stopped with SIGSTOP and goes on with SIGCONT: it keeps its connections, its locks
 * and its port, and answers nothing. A watchdog that is started before the stop lets it go on, at
 * its time, or as soon as the board no longer has the fault or does not answer.
 */
export const frozen = defineFault({
  name: 'frozen',
  summary: 'A process stands still, with its connections and locks, and then goes on.',
  imitates: 'a virtual machine that is moved, a host that swaps, or a long pause of a collector',
  hurts:
    'designs that hold locks over many steps, such as `transaction=one-big`: buyers of the ' +
    'same rows wait as long; and leases that end meanwhile, as of `stock=redis-lock`',
  spares: 'other processes that want other rows, and designs with short transactions',
  processes: ['api', 'worker', 'tickets', 'bank', 'gateway'],
  needsBoard: true,
  settings,
  example: { forMs: 5000 },
  inside: {
    async act({ forMs }, { freeze, tookHold }) {
      await freeze?.(forMs, tookHold)
    },
  },
})
