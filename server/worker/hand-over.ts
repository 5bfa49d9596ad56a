import type { Queue } from 'bullmq'
import { noChaos } from '../ctx.ts'
import { applyTogether, isForMany, settledAmong, type TryFacts } from '../designs/effects/apply.ts'
import { handlers } from '../designs/effects/handlers.ts'
import { logError } from '../log.ts'
import { type EffectTries, repeat, tryEffect } from './effects.ts'
import { asQueued, type EffectJob } from './queue.ts'

/** First tries that wait or are under way; what comes on top of them waits in the queue. */
export const firstTriesMax = 1000
/** Batches of one handler under way at once: one that stands still does not stop the rest. */
const lanesMax = 2
/** A partner takes no more at once. */
const batchMax = 200

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
  const batches = createBatches((handler, jobs) => tryTogether(tries, queue, handler, jobs))
  const running = new Set<Promise<void>>()
  let awayUntilMs = 0

  function start(job: EffectJob): void {
    const { handler, isLate } = job
    const work = mayBeBatched(handler)
      ? batches.add(job)
      : firstTry(tries, queue, job, { isRepeat: isLate })
    const settled = work.finally(() => running.delete(settled))
    running.add(settled)
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

const mayBeBatched = (name: string): boolean => {
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
  return handler !== undefined && isForMany(handler)
}

/** Tries one effect by itself. Never rejects. */
async function firstTry(
  tries: EffectTries,
  queue: Queue<EffectJob>,
  job: EffectJob,
  facts: TryFacts,
): Promise<void> {
  try {
    if ((await tryEffect(tries, job, 1, facts)) !== 'again') return
    await queue.addBulk([asQueued({ ...job, triesBefore: 1 })])
  } catch (error) {
    logError('effects', error)
  }
}

/** Of an effect that was delivered with others: what is known of it. */
const settlesAlone: TryFacts = { isRepeat: true, isDelivered: true }

/** Tries effects of one handler together; the queue has those that failed. Never rejects. */
async function tryTogether(
  tries: EffectTries,
  queue: Queue<EffectJob>,
  name: string,
  jobs: readonly EffectJob[],
): Promise<void> {
  const { services, counts, meter, chaos = noChaos } = tries
  const handler = handlers[name]
  if (!handler) return
  const startedMs = performance.now()
  const late = jobs.filter(({ isLate }) => isLate).map(({ eventId }) => eventId)
  // Where that cannot be read, each looks for itself.
  const settled = await settledAmong(services.connections, name, late).catch(() => undefined)
  const fresh = jobs.filter(({ eventId }) => !settled?.has(eventId))
  counts.done += jobs.length - fresh.length
  if (fresh.length === 0) return
  const firstTryOf = ({ eventId }: EffectJob) => ({ eventId, handler: name, attempt: 1 })
  const { kept = [], spoiled = [] } = Object.groupBy(fresh, (job) =>
    chaos.effectFails(firstTryOf(job)) ? 'spoiled' : 'kept',
  )
  const { done, failed: refused, open } = await applyTogether(services, handler, kept)
  const failed = [...refused, ...spoiled]
  const tookMs = performance.now() - startedMs
  const nowMs = Date.now()
  for (const { writtenAtMs } of done) meter.lagged(name, nowMs - writtenAtMs)
  for (let tried = done.length + failed.length; tried > 0; tried -= 1) meter.took(name, tookMs)
  counts.done += done.length
  counts.retried += failed.length
  const again = failed.map((job) => asQueued({ ...job, triesBefore: 1 }))
  const queued = again.length > 0 ? queue.addBulk(again) : undefined
  await queued?.catch((error: unknown) => logError('effects', error))
  const repeated = done.filter((job) => chaos.effectRepeats(firstTryOf(job)))
  await Promise.all(repeated.map((job) => repeat(services, job, 1)))
  await Promise.all(open.map((job) => firstTry(tries, queue, job, settlesAlone)))
}

/**
 * Jobs that wait for the same handler are one batch: those that come while one is under
 * way are in the next, and at low load none waits.
 */
function createBatches(run: (handler: string, jobs: readonly EffectJob[]) => Promise<void>) {
  interface Waiting {
    job: EffectJob
    done(): void
  }
  const queues = new Map<string, { waiting: Waiting[]; lanes: number }>()

  async function openLane(handler: string): Promise<void> {
    const own = queues.get(handler)
    if (!own || own.lanes >= lanesMax) return
    own.lanes += 1
    // What is begun in the same turn comes along.
    await Promise.resolve()
    while (own.waiting.length > 0) {
      const batch = own.waiting.splice(0, batchMax)
      await run(
        handler,
        batch.map(({ job }) => job),
      )
      for (const { done } of batch) done()
    }
    own.lanes -= 1
  }

  return {
    /** Resolves once the job has been tried. */
    add(job: EffectJob): Promise<void> {
      const own = queues.get(job.handler) ?? { waiting: [], lanes: 0 }
      queues.set(job.handler, own)
      const { promise, resolve } = Promise.withResolvers<void>()
      own.waiting.push({ job, done: resolve })
      void openLane(job.handler)
      return promise
    },
  }
}
