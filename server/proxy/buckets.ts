import type { NetworkBite } from '../../chaos/network.ts'

export type Limit = Extract<NetworkBite, { do: 'limit' }>

/** Token buckets, one for each switching-on of a limit. */
export interface Buckets {
  /**
   * Takes so many bytes.
   * @param of which switching-on of the limit
   * @returns when they may be sent, by the monotonic clock, ms
   */
  take(of: string, limit: Limit, bytes: number): number
}

/** Buckets of one way to a server, which its connections share. @param nowMs a monotonic clock */
export function openBuckets(nowMs: () => number = () => performance.now()): Buckets {
  /** When each bucket will have sent all that was taken from it, ms. */
  const freeAtMs = new Map<string, number>()
  return {
    take(of, { bytesPerSecond, burstBytes }, bytes) {
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
