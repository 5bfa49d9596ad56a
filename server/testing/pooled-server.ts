import type { FakeClock } from './fake-clock.ts'

export type PooledServer = ReturnType<typeof pooledServer>

/**
 * A pretend database pool: so many at a time, each for a while; the others wait their turn.
 * @param workMs how long one piece of work holds its connection
 */
export function pooledServer(clock: FakeClock, connections: number, workMs: number) {
  const waiting: (() => void)[] = []
  let free = connections
  const server = {
    workMs,
    /** Totals so far, as the real pool counts them. */
    waitMs: 0,
    heldMs: 0,
    async serve() {
      const sinceMs = clock.nowMs()
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      server.waitMs += clock.nowMs() - sinceMs
      const lentAtMs = clock.nowMs()
      await new Promise<void>((resolve) => clock.after(server.workMs, resolve))
      server.heldMs += clock.nowMs() - lentAtMs
      const next = waiting.shift()
      if (next) next()
      else free += 1
    },
  }
  return server
}
