import { sql } from 'drizzle-orm'
import { notClaimed } from '../../db/failures.ts'
import { type IdsOption, idsUpTo } from './ids.ts'
import { usedUp } from './number-ranges.ts'
import { rangeOf, rowColumns, type SequenceRow } from './sequence-row.ts'

export const sequenceFunction: IdsOption = {
  range: 'sequenceRows',
  summary: 'the same row, raised by one statement that commits by itself',
  out: 'so many values in a row',
  closes: 'two callers reading one value, by one statement, whose lock is gone when it returns',
  leavesOpen: 'ids taken by a transaction that rolls back are never used, a gap',
  idsInOrder: true,
  open: () => ({
    async take({ side }, _db, sequence, count) {
      const raise = sql`update sequences set value = last_insert_id(value + ${count})
            where name = ${sequence} and successor is null and value + ${count} <= last`
      const last = await side.insert(raise).catch(notClaimed)
      if (last > 0) return idsUpTo(last, count)
      // Nothing was raised: the row is not there, is retired, or is at its end.
      const [row] = await side.rows<SequenceRow>(
        sql`select ${rowColumns} from sequences where name = ${sequence}`,
      )
      rangeOf(row)
      throw usedUp()
    },
  }),
}
