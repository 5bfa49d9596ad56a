import { setSystemTime } from 'bun:test'

/** Does work while the wall clock of this process is an hour ahead. */
export async function anHourAhead<T>(work: () => Promise<T>): Promise<T> {
  setSystemTime(new Date(Date.now() + 3_600_000))
  try {
    return await work()
  } finally {
    setSystemTime()
  }
}

export type FakeClock = ReturnType<typeof fakeClock>

/** A clock that only a test moves. */
export function fakeClock() {
  let nowMs = 0
  let timers: { atMs: number; run: () => void }[] = []
  return {
    nowMs: () => nowMs,
    after: (delayMs: number, run: () => void) => void timers.push({ atMs: nowMs + delayMs, run }),
    /** How many timers wait. */
    timers: () => timers.length,
    /** Moves on, running every timer that falls due on the way, each at its own time. */
    async pass(milliseconds: number) {
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
}

/** All promises that can settle without a timer have settled. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}
