import type { JourneyRecord, Operation } from '../loadtests/crowd/history.ts'
import type { Evidence, Exercise } from './checker.ts'
import { journeysOf } from './journeys.ts'
import { select } from './select.ts'

/** Counts rows. @param from tables and conditions of a select */
export const rowsOf = (by: string, from: string): Exercise => ({
  by,
  async count({ db }) {
    const [row] = await select(db, `select count(*) as found from ${from}`)
    return Number(row?.found)
  },
})

/** Counts reported journeys of which something holds. */
export const journeysWith = (by: string, is: (journey: JourneyRecord) => boolean): Exercise => ({
  by,
  count: async (evidence) => journeysOf(evidence).filter(is).length,
})

/** Counts what the evidence lists. */
export const listed = (by: string, list: (evidence: Evidence) => readonly unknown[]): Exercise => ({
  by,
  count: async (evidence) => list(evidence).length,
})

/** Holds of every audit: what it asks of is there. */
export const always = (by: string): Exercise => ({ by, count: async () => 1 })

/** One key was sent by more requests than one. */
export const isRepeated = (operation: Operation | undefined): boolean =>
  operation !== undefined && operation.attempts > operation.keys.length && operation.attempts > 1
