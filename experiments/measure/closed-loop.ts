import { Problem } from '../../server/errors.ts'
import { percentile } from '../judge/statistics.ts'

/** What a number of callers came to, each of which begins again as soon as it has its answer. */
export interface LoopResult {
  done: number
  /** Ended by a Problem: refused, timed out, given up after lock trouble. */
  failed: number
  seconds: number
  perSecond: number
  /** Of what was done; as long as it lasted when nothing was, which is a bound. */
  p99Ms: number
}

/**
 * Calls `work` from `callers` at once for a time. Closed: it shows a design's own pace, where an
 * open crowd shows what customers meet.
 * @param work gets the number of the call, 0, 1, …; a Problem counts as failed
 * @throws whatever else `work` throws
 */
export async function closedLoop(
  callers: number,
  durationMs: number,
  work: (call: number) => Promise<unknown>,
): Promise<LoopResult> {
  const startedMs = performance.now()
  const endsAtMs = startedMs + durationMs
  const timesMs: number[] = []
  let calls = 0
  let failed = 0
  const caller = async () => {
    while (performance.now() < endsAtMs) {
      const call = calls++
      const begunMs = performance.now()
      try {
        await work(call)
        timesMs.push(performance.now() - begunMs)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        failed += 1
      }
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const seconds = (performance.now() - startedMs) / 1000
  const p99Ms = timesMs.length > 0 ? percentile(timesMs, 0.99) : seconds * 1000
  return { done: timesMs.length, failed, seconds, perSecond: timesMs.length / seconds, p99Ms }
}

/**
 * Time until the last of a rush has its answer, milliseconds.
 * @param count buyers who have all come already; `callers` of them are served at once
 */
export async function timeOfRush(
  count: number,
  callers: number,
  work: (call: number) => Promise<unknown>,
): Promise<number> {
  const startedMs = performance.now()
  let calls = 0
  const caller = async () => {
    while (calls < count) await work(calls++)
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return performance.now() - startedMs
}
