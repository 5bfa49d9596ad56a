/** Bits of an id: milliseconds since the epoch below (until 2043), worker, counter; 53 in all. */
export const workerBits = 8
const counterBits = 6
const counterMax = 2 ** counterBits
const perMs = 2 ** (workerBits + counterBits)

/** 2026-01-01. A clock that stands before 2026-01-02 is wrong. */
const epochMs = 1_767_225_600_000
const clockMsLeast = epochMs + 86_400_000

/** Ids may run ahead of the clock so far: a burst has used up its millisecond, or it went back. */
const aheadMsMax = 20
/** A clock that is further behind is waited for up to this long. */
const waitMsMax = 1000

/** The clock is too far behind the ids that were handed out, or before the epoch. */
export class ClockWentBack extends Error {
  override name = 'ClockWentBack'
}

export interface ClockIdsOptions {
  /** Below 2^workerBits, and of this process alone. */
  worker: number
  /** Milliseconds since 1970. */
  now?: () => number
  sleep?: (ms: number) => Promise<void>
}

/**
 * Ids of one process, made of its clock, its number and a counter (Twitter's Snowflake, but in 53
 * bits), always rising.
 * in: a count · out: so many ids · closes: a clock that goes back giving an id twice, by never
 * letting the time in the ids go back: up to 20 ms it stands still, up to 1 s the clock is waited
 * for, beyond that none is given.
 */
export function createClockIds(options: ClockIdsOptions) {
  const { worker, now = Date.now, sleep = Bun.sleep } = options
  let lastMs = 0
  let counter = 0

  function next(): number {
    const nowMs = now()
    if (nowMs > lastMs) {
      lastMs = nowMs
      counter = 0
    } else if (++counter === counterMax) {
      lastMs += 1
      counter = 0
    }
    return (lastMs - epochMs) * perMs + worker * counterMax + counter
  }

  /** @throws ClockWentBack */
  async function whenClockIsThere(): Promise<void> {
    if (now() < clockMsLeast) throw new ClockWentBack('the clock stands before 2026-01-02')
    const behindMs = lastMs - now() - aheadMsMax
    if (behindMs > waitMsMax) {
      throw new ClockWentBack(`the clock is ${behindMs + aheadMsMax} ms behind the last id`)
    }
    if (behindMs > 0) await sleep(behindMs)
  }

  return {
    /** Rising ids; a thousand and more at once run ahead of the clock. Throws `ClockWentBack`. */
    async take(count: number): Promise<number[]> {
      await whenClockIsThere()
      return Array.from({ length: count }, next)
    },
  }
}

export type ClockIds = ReturnType<typeof createClockIds>
