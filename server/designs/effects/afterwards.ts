import type { Redis } from 'ioredis'
import {
  applyEffect,
  attemptsMax,
  buryEffect,
  type EffectCounts,
  type EffectServices,
  NoSuchHandler,
} from './apply.ts'
import { type Effect, effectsOf } from './handlers.ts'

/** Effects that run at once in one process; one that waits for its next try is not among them. */
const runningMax = 8
/** Beyond so many unfinished effects no payment may add any: memory has an end. */
const pendingMax = 10_000
/** Pause before the second try; S3 waited this long times the number of tries. */
const retryPauseMsDefault = 1000
/** Below the 10 s that a process has to drain. */
const drainMsMax = 8000

/** What a process does once a transaction has committed; nothing of it outlives the process. */
export interface Afterwards {
  counts: EffectCounts
  /** Effects that wait or run. */
  readonly pending: number
  /** Whether another event may come. */
  hasRoom(): boolean
  /** Begins the effects of an event in this process. */
  begin(event: { eventId: string; type: string }): void
  /** Tells the relay that there is something in the outbox; lost with Redis, which costs a poll. */
  wakeRelay(): void
  /** Lets what has begun end, 8 s at most. @returns how many effects are lost */
  drain(): Promise<number>
}

/** Name of the channel on which a shop's relay is woken. */
export const wakeChannelOf = (schema: string): string => `${schema}:outbox`

/** @param channel as of `wakeChannelOf` */
export function createAfterwards(
  services: Pick<EffectServices, 'connections' | 'partners'> & { redis: Redis },
  channel: string,
  retryPauseMs = retryPauseMsDefault,
): Afterwards {
  const runner = createRunner({ ...services, slackWebhookUrl: undefined }, retryPauseMs)
  return {
    counts: runner.counts,
    get pending() {
      return runner.pending()
    },
    hasRoom: () => runner.pending() < pendingMax,
    begin: (event) => effectsOf(event.eventId, event).forEach(runner.begin),
    wakeRelay: createBell(services.redis, channel),
    drain: () => runner.drain(drainMsMax),
  }
}

/** Rings once for all who ask while the last ring is on its way, and once more after it. */
function createBell(redis: Redis, channel: string): () => void {
  let isRinging = false
  let isAskedAgain = false
  return function ring() {
    isAskedAgain = isRinging
    if (isRinging) return
    isRinging = true
    const silent = () => undefined
    void redis
      .publish(channel, '')
      .then(silent, silent)
      .then(() => {
        isRinging = false
        if (isAskedAgain) ring()
      })
  }
}

/** Runs effects in memory: tried three times, then dead, as the worker's are. */
function createRunner(services: EffectServices, retryPauseMs: number) {
  const counts: EffectCounts = { done: 0, retried: 0, dead: 0 }
  const waiting: { effect: Effect; tries: number }[] = []
  let [running, unfinished] = [0, 0]
  let idle = Promise.withResolvers<void>()

  function next(): void {
    while (running < runningMax) {
      const job = waiting.shift()
      if (!job) return
      running += 1
      void run(job.effect, job.tries).then((isOver) => {
        running -= 1
        if (isOver) unfinished -= 1
        if (unfinished === 0) idle.resolve()
        next()
      })
    }
  }

  /** @returns false where it will be tried again */
  async function run(effect: Effect, tries: number): Promise<boolean> {
    try {
      await applyEffect(services, effect, tries, tries > 1)
      counts.done += 1
      return true
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (tries >= attemptsMax || error instanceof NoSuchHandler) {
        await bury(effect, tries, message)
        return true
      }
      counts.retried += 1
      setTimeout(() => {
        waiting.push({ effect, tries: tries + 1 })
        next()
      }, retryPauseMs * tries)
      return false
    }
  }

  async function bury(effect: Effect, tries: number, message: string): Promise<void> {
    counts.dead += 1
    console.error(`effects: ${effect.handler} of ${effect.eventId} is dead: ${message}`)
    await buryEffect(services.connections, effect, tries, message).catch((error: unknown) => {
      console.error(`effects: lost ${effect.handler} of ${effect.eventId}:`, error)
    })
  }

  return {
    counts,
    pending: () => unfinished,
    begin(effect: Effect): void {
      if (unfinished === 0) idle = Promise.withResolvers<void>()
      unfinished += 1
      waiting.push({ effect, tries: 1 })
      next()
    },
    async drain(msMax: number): Promise<number> {
      if (unfinished > 0) await Promise.race([idle.promise, Bun.sleep(msMax)])
      if (unfinished > 0) console.error(`effects: ${unfinished} lost in memory`)
      return unfinished
    },
  }
}
