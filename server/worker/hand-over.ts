import type { Queue } from 'bullmq'
import { type EffectTries, tryEffect } from './effects.ts'
import { asQueued, type EffectJob } from './queue.ts'

/** First tries under way at once; what comes on top of them waits in the queue. */
const firstTriesMax = 32

/** Where the relay's effects go. */
export interface HandOver {
  /** Begins what there is room for and queues the rest; once it is back, nothing is forgotten. */
  begin(jobs: EffectJob[]): Promise<void>
  /** Lets the first tries under way end. */
  drain(): Promise<void>
}

/**
 * Makes the first try of an effect at once, in this process; the queue has what fails and what
 * there is no room for. A way over the queue costs several round trips to Redis, which most effects
 * do without.
 * in: effects of committed events · out: each begun or queued · leaves open: a process that dies
 * under a first try loses it; the overdue sweep finds its event, and the inbox lets one try win.
 */
export function createHandOver(tries: EffectTries, queue: Queue<EffectJob>): HandOver {
  const running = new Set<Promise<void>>()

  async function firstTry(job: EffectJob): Promise<void> {
    if ((await tryEffect(tries, job, 1, job.isLate)) !== 'again') return
    await queue.addBulk([asQueued({ ...job, triesBefore: 1 })])
  }

  function start(job: EffectJob): void {
    const work = firstTry(job)
      .catch((error: unknown) => {
        console.error('effects:', error instanceof Error ? error.message : error)
      })
      .finally(() => running.delete(work))
    running.add(work)
  }

  return {
    async begin(jobs) {
      const room = Math.max(0, firstTriesMax - running.size)
      const rest = jobs.slice(room)
      if (rest.length > 0) await queue.addBulk(rest.map(asQueued))
      jobs.slice(0, room).forEach(start)
    },
    async drain() {
      await Promise.all(running)
    },
  }
}
