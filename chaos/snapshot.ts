import { z } from 'zod'

/** Life of what a process has of the board, ms: no fault is injected when it has ended. */
export const snapshotLifeMs = 1500

const order = z.strictObject({
  /** Which switching-on it is: the same until it is replaced. */
  id: z.int(),
  name: z.string(),
  settings: z.record(z.string(), z.unknown()),
  elapsedMs: z.number(),
  remainingMs: z.number(),
})

/** The faults that are on, as the board hands them to processes. Times are spans, not moments. */
export const snapshot = z.strictObject({
  /** Which start of the board it is of. */
  board: z.string(),
  /** Grows with each change. */
  version: z.int(),
  faults: z.array(order),
})

export type FaultOrder = z.output<typeof order>
export type Snapshot = z.output<typeof snapshot>

/** Names one switching-on of a fault among those of all boards. */
export const keyOf = (board: string, id: number): string => `${board} ${id}`

/** What a fault has done in one process since that began. */
export interface Tally {
  /** How often it was asked whether it bites, at places that it is aimed at. */
  considered: number
  /** How often it has bitten. */
  injected: number
}
