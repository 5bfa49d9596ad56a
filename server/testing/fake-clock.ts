import type { Clock } from '../designs/admission/adaptive/clock.ts'

export interface FakeClock extends Clock {
  /** Moves on, running every timer that falls due on the way, each at its own time. */
  pass(milliseconds: number): Promise<void>
  /** How many timers wait. */
  timers(): number
}

/** A clock that only a test moves. */
export function fakeClock(): FakeClock {
  let nowMs = 0
  let timers: { atMs: number; run: () => void }[] = []
  const clock: FakeClock = {
    nowMs: () => nowMs,
    after: (delayMs, run) => void timers.push({ atMs: nowMs + delayMs, run }),
    timers: () => timers.length,
    async pass(milliseconds) {
      const endMs = nowMs + milliseconds
      for (;;) {
        // Callbacks of the last timer must run first.
        await settled()
        const next = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        nowMs = Math.max(nowMs, next.atMs)
        next.run()
      }
      nowMs = endMs
    },
  }
  return clock
}

/** All promises that can settle without a timer have settled. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}
