import { sql } from 'drizzle-orm'
import type { Connections } from '../../db/connections.ts'
import { insertedId } from '../../db/statements.ts'
import { Problem } from '../../errors.ts'
import { type ClockIds, ClockWentBack, createClockIds, workerBits } from './clock-ids.ts'
import type { Ids } from './ids.ts'
import { idWithin, numberRanges } from './number-ranges.ts'

/** Of each schema that this process knows. */
const opened = new WeakMap<Connections, Promise<ClockIds>>()

/**
 * Ids made of the time, a number of the process and a counter: once the process has its number
 * nobody is asked.
 * in: a count · out: values of this process · closes: one id twice, by a number that no other
 * process has and a time that never goes back · leaves open: the order between processes is that of
 * their clocks; the number is one of 256, given in turn at the first use, so that a process that is
 * still there when 256 others have begun shares its own.
 */
export const timeSorted: Ids = {
  async take({ side }, _db, _sequence, count) {
    const clockIds = await openedOn(side)
    try {
      const ids = await clockIds.take(count)
      return ids.map((id) => idWithin(numberRanges.timeSorted, id))
    } catch (error) {
      if (!(error instanceof ClockWentBack)) throw error
      throw new Problem('ids-unavailable', { cause: error })
    }
  },
}

async function openedOn(side: Connections): Promise<ClockIds> {
  const opening = opened.get(side) ?? open(side)
  opened.set(side, opening)
  try {
    return await opening
  } catch (error) {
    opened.delete(side)
    throw error
  }
}

/** The number is counted up beside the sequences, so that each start has the next. */
async function open(side: Connections): Promise<ClockIds> {
  const starts = await side.use((db) =>
    insertedId(
      db,
      sql`insert into sequences (name, value) values ('workers', last_insert_id(1))
        on duplicate key update value = last_insert_id(value + 1)`,
    ),
  )
  return createClockIds({ worker: starts % 2 ** workerBits })
}
