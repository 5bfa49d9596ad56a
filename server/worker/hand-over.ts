import type { Queue } from 'bullmq'
import { logError } from '../log.ts'
import { type EffectTries, tryEffect } from './effects.ts'
import { asQueued, type EffectJob } from './queue.ts'

/** First tries under way at once; what comes on top of them waits in the queue. */
const firstTriesMax = 32

/** After the queue has failed it is not asked for so long. */
const awayMs = 5000

/** Where the relay's effects go. */
export interface HandOver {
  /**
   * Begins the effects of an event, all of them or none.
   * @returns false where there is no room now
   */
  begin(jobs: EffectJob[]): boolean
  /**
   * Queues effects; once it is back, nothing is forgotten. While the queue is away it waits for
   * room instead.
   * @returns false where they are neither queued nor begun
   */
  queue(jobs: EffectJob[]): Promise<boolean>
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
  let awayUntilMs = 0

  async function firstTry(job: EffectJob): Promise<void> {
    if ((await tryEffect(tries, job, 1, job.isLate)) !== 'again') return
    await queue.addBulk([asQueued({ ...job, triesBefore: 1 })])
  }

  function start(job: EffectJob): void {
    const work = firstTry(job)
      .catch((error: unknown) => {
        logError('effects', error)
      })
      .finally(() => running.delete(work))
    running.add(work)
  }

  return {
    begin(jobs) {
      if (running.size + jobs.length > firstTriesMax) return false
      jobs.forEach(start)
      return true
    },
    async queue(jobs) {
      if (performance.now() < awayUntilMs) {
        if (running.size > 0) await Promise.race(running)
        return false
      }
      try {
        await queue.addBulk(jobs.map(asQueued))
        return true
      } catch (error) {
        awayUntilMs = performance.now() + awayMs
        logError('effects queue', error)
        return false
      }
    },
    async drain() {
      await Promise.all(running)
    },
  }
}
