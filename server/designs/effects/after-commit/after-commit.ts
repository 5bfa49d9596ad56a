import type { Ctx, Services } from '../../../ctx.ts'
import { type Database, onEnd } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import type { Readings } from '../../../metrics/register.ts'
import { counter, gauge } from '../../../metrics/table.ts'
import type { Lifecycle, Option } from '../../option.ts'
import type { Effects, OrderPaid } from '../effects.ts'
import { PostCommitQueue } from './post-commit-queue.ts'

const metrics = {
  stampede_effects_in_memory: gauge(
    'Effects that wait or run in this process; lost where it dies.',
  ),
  stampede_memory_effects_total: counter(
    'Tries of effects in the memory of this process, by outcome.',
    { outcome: ['done', 'retried', 'dead'] },
  ),
}

export const afterCommit = {
  summary: 'in the memory of the process, once the payment has committed',
  out: 'effects under way in memory',
  closes: 'locks that wait for a partner',
  leavesOpen: 'a commit whose answer is lost loses its effects too, and neither is noticed',
  hazard: 'a process that dies after the commit loses the effects it had in memory',
  knownBad: { checks: ['effects-once'], when: 'at-a-crash' },
  metrics,
  open: (services: Services) => new AfterCommitEffects(new PostCommitQueue(services)),
} satisfies Option<Effects>

export class AfterCommitEffects implements Effects, Lifecycle {
  readonly queue: PostCommitQueue
  readonly readings: Readings<typeof metrics> = {
    stampede_effects_in_memory: () => this.queue.pending,
    stampede_memory_effects_total: () => ({ ...this.queue.counts }),
  }

  constructor(queue: PostCommitQueue) {
    this.queue = queue
  }

  async publish(_ctx: Ctx, db: Database, event: OrderPaid): Promise<void> {
    if (!this.queue.hasRoom()) {
      throw new Problem('partner-failed', { detail: 'Too many effects wait in memory' })
    }
    onEnd(db, (ending) => {
      if (ending === 'committed') this.queue.begin(event)
    })
  }

  settle(): Promise<number> {
    return this.queue.settle()
  }

  close(): Promise<void> {
    return this.queue.close()
  }
}
