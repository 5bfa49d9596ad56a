import type { DrawnBite } from '../../chaos/network.ts'

/** Token buckets, one for each switching-on of a limit. */
export interface Buckets {
  /**
   * Takes so many bytes.
   * @returns when they may be sent, by the monotonic clock, ms
   */
  take(limit: DrawnBite, bytes: number): number
}

/** Buckets of one way to a server, which its connections share. @param nowMs a monotonic clock */
export function openBuckets(nowMs: () => number = () => performance.now()): Buckets {
  /** When each bucket will have sent all that was taken from it, ms. */
  const freeAtMs = new Map<string, number>()
  return {
    take({ bite, of }, bytes) {
      if (bite.do !== 'limit') return nowMs()
      const { bytesPerSecond, burstBytes } = bite
      const takesMs = (1000 * bytes) / bytesPerSecond
      const burstMs = (1000 * burstBytes) / bytesPerSecond
      // Those of faults that are over are not asked for again.
      if (freeAtMs.size > 8 && !freeAtMs.has(of)) freeAtMs.clear()
      const from = Math.max(freeAtMs.get(of) ?? 0, nowMs() - burstMs)
      freeAtMs.set(of, from + takesMs)
      return from + takesMs
    },
  }
}
