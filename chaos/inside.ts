import type { Round } from './rounds.ts'

/** The pool of connections of a process. */
export interface SqueezedPool {
  /** Most connections that it may open. */
  connections: number
  /**
   * Takes one connection out of it, as any borrower would.
   * @returns what gives it back
   * @throws Problem `pool-exhausted`, `database-unavailable`
   */
  take(): Promise<() => void>
}

/** What a process has in which a fault acts by itself. */
export interface Here {
  /**
   * Stops the process for a while; absent where nothing could let it go on.
   * @param onStart runs when it is certain that it will go on, just before
   */
  freeze?: (forMs: number, onStart: () => void) => Promise<void>
  /** Absent where it has none, or none yet. */
  pool?: SqueezedPool
}

export type Inside = Round & Here
