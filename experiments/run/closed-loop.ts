import { Problem } from '../../server/errors.ts'
import { percentile } from '../judge/statistics.ts'

/** The sum over a number of callers, each of which calls again once it has its answer. */
export interface LoopResult {
  done: number
  /** Ended by a Problem: refused, timed out, given up after lock contention. */
  failed: number
  seconds: number
  perSecond: number
  /** Of the calls that were done. If there were none, the length of the loop, as a lower bound. */
  p99Ms: number
  /** The same for the slowest call. */
  maxMs: number
}

/**
 * Calls `work` from `callers` at once for a time. Closed: it shows a design's own pace, where an
 * open crowd shows what customers meet.
 * @param work gets the number of the call, 0, 1, …; a Problem counts as failed
 * @throws any other error of `work`
 */
export async function closedLoop(
  callers: number,
  durationMs: number,
  work: (call: number) => Promise<unknown>,
): Promise<LoopResult> {
  const startedMs = performance.now()
  const endsAtMs = startedMs + durationMs
  const timesMs: number[] = []
  let failed = 0
  const timed = async (call: number) => {
    const begunMs = performance.now()
    try {
      await work(call)
      timesMs.push(performance.now() - begunMs)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      failed += 1
    }
  }
  await whileOpen(callers, () => performance.now() < endsAtMs, timed)
  const seconds = (performance.now() - startedMs) / 1000
  const p99Ms = timesMs.length > 0 ? percentile(timesMs, 0.99) : seconds * 1000
  const maxMs = timesMs.reduce((max, ms) => Math.max(max, ms), timesMs[0] ?? seconds * 1000)
  const perSecond = timesMs.length / seconds
  return { done: timesMs.length, failed, seconds, perSecond, p99Ms, maxMs }
}

/**
 * Makes `count` calls, `callers` of them at a time.
 * @returns milliseconds until the last of them has its answer
 */
export async function timeOfRush(
  count: number,
  callers: number,
  work: (call: number) => Promise<unknown>,
): Promise<number> {
  const startedMs = performance.now()
  await whileOpen(callers, (call) => call < count, work)
  return performance.now() - startedMs
}

/** Calls `work` with 0, 1, … from `callers` at once, each again as long as `isOpen` says so. */
export async function whileOpen(
  callers: number,
  isOpen: (call: number) => boolean,
  work: (call: number) => Promise<unknown>,
): Promise<void> {
  let calls = 0
  const caller = async () => {
    while (isOpen(calls)) await work(calls++)
  }
  await Promise.all(Array.from({ length: callers }, caller))
}
