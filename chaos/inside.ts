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
  /** Absent where it has none, or none yet. */
  pool?: SqueezedPool
}

export type Inside = Round & Here
