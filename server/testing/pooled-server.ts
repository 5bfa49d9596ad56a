import type { FakeClock } from './fake-clock.ts'

/** A pretend database pool: so many at a time, each for a while; the others wait their turn. */
export interface PooledServer {
  /** Milliseconds that one piece of work holds its connection. */
  workMs: number
  /** Total waiting so far, as the real pool counts it. */
  waitedMs: number
  serve(): Promise<void>
}

export function pooledServer(clock: FakeClock, connections: number, workMs: number): PooledServer {
  const waiting: (() => void)[] = []
  let free = connections
  const server: PooledServer = {
    workMs,
    waitedMs: 0,
    async serve() {
      const sinceMs = clock.nowMs()
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      server.waitedMs += clock.nowMs() - sinceMs
      await new Promise<void>((resolve) => clock.after(server.workMs, resolve))
      const next = waiting.shift()
      if (next) next()
      else free += 1
    },
  }
  return server
}
