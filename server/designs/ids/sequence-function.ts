import { sql } from 'drizzle-orm'
import { notClaimed } from '../../db/failures.ts'
import { Problem } from '../../errors.ts'
import type { Option } from '../option.ts'
import { type Ids, idsUpTo } from './ids.ts'
import { idWithin, numberRanges } from './number-ranges.ts'

export const sequenceFunction: Option<Ids> = {
  summary: 'the same row, raised by one statement that commits by itself',
  out: 'so many values in a row',
  closes: 'two callers reading one value, by one statement, whose lock is gone when it returns',
  leavesOpen: 'ids taken by a transaction that rolls back are never used, a gap',
  idsInOrder: true,
  open: () => ({
    async take({ side }, _db, sequence, count) {
      const raise = sql`update sequences set value = last_insert_id(value + ${count})
            where name = ${sequence}`
      const last = await side.insert(raise).catch(notClaimed)
      // No row of that name, nothing was raised.
      if (last === 0) throw new Problem('ids-unavailable')
      idWithin(numberRanges.sequenceRows, last)
      return idsUpTo(last, count)
    },
  }),
}
