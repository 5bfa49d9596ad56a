import { type JourneyRecord, slowMsMin } from '../../loadtests/crowd/history.ts'

/** From one moment to another, epoch ms. */
export interface Span {
  fromMs: number
  toMs: number
}

/** The request that waited longest for its answer, or for the end of its connection. */
export interface LongestWait {
  ms: number
  /** For a person. */
  words: string
}

/**
 * The longest wait of a crowd.
 * @param stopped when the API server could do nothing: that time is taken off
 */
export function longestWait(
  history: readonly Pick<JourneyRecord, 'slow'>[],
  stopped?: Span,
): LongestWait {
  const waits = history.flatMap(({ slow = [] }) =>
    slow.map(({ name, status, askedMs, endedMs }) => {
      const ms = endedMs - askedMs - overlapMs({ fromMs: askedMs, toMs: endedMs }, stopped)
      return { ms, words: `${(ms / 1000).toFixed(1)} s for ${name} (${status || 'no answer'})` }
    }),
  )
  const shortest = { ms: 0, words: `below ${slowMsMin / 1000} s` }
  return waits.reduce((longest, wait) => (wait.ms > longest.ms ? wait : longest), shortest)
}

const overlapMs = (one: Span, other: Span = { fromMs: 0, toMs: 0 }): number =>
  Math.max(0, Math.min(one.toMs, other.toMs) - Math.max(one.fromMs, other.fromMs))
