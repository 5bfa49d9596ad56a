import { sql } from 'drizzle-orm'
import type { Connections } from '../../../db/connections.ts'
import { notClaimed } from '../../../db/failures.ts'
import { Problem } from '../../../errors.ts'
import type { IdsOption } from '../ids.ts'
import { idWithin, numberRanges } from '../number-ranges.ts'
import { openedOnce } from '../opened-once.ts'
import { type ClockIds, ClockWentBack, createClockIds, workerBits } from './clock-ids.ts'

export const timeSorted: IdsOption = {
  range: 'timeSorted',
  summary: 'clock, number of the process and a counter: no server is asked',
  out: 'values of this process',
  closes: 'one id twice, by a number that no other process has and a time that never goes back',
  leavesOpen: 'the number is one of 256, given in turn at a process’s first use',
  hazard: 'clocks that differ put ids out of order; the 256th process after one has its number too',
  open({ side }) {
    const whenOpen = openedOnce(() => openClockIds(side))
    return {
      async take(_ctx, _db, _sequence, count) {
        const clockIds = await whenOpen()
        try {
          const ids = await clockIds.take(count)
          return ids.map((id) => idWithin(numberRanges.timeSorted, id))
        } catch (error) {
          if (!(error instanceof ClockWentBack)) throw error
          throw new Problem('ids-unavailable', { cause: error })
        }
      },
    }
  },
}

/** The number is counted up beside the sequences, so that each start has the next. */
async function openClockIds(side: Connections): Promise<ClockIds> {
  const count = sql`insert into sequences (name, value) values ('workers', last_insert_id(1))
        on duplicate key update value = last_insert_id(value + 1)`
  const starts = await side.insert(count).catch(notClaimed)
  return createClockIds({ worker: starts % 2 ** workerBits })
}
