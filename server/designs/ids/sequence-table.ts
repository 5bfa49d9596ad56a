import { sql } from 'drizzle-orm'
import type { IdsOption } from './ids.ts'
import { idWithin } from './number-ranges.ts'
import { rangeOf, rowColumns, type SequenceRow } from './sequence-row.ts'

export const sequenceTable: IdsOption = {
  range: 'sequenceRows',
  summary: 'one locked row per sequence, inside the transaction that needs the id',
  doc: 'Select, add one, update, for every single id, as the shop of 2024 did.',
  in: 'the caller’s transaction',
  out: 'the next values',
  closes:
    'two callers reading one value, by holding the row’s lock until the caller commits, which ' +
    'is what queues the crowd',
  idsInOrder: true,
  hazard: 'a rollback takes the count back: an id that was handed out comes again',
  open: () => ({
    async take(_ctx, db, sequence, count) {
      const ids: string[] = []
      for (let taken = 0; taken < count; taken += 1) {
        const [row] = await db.rows<SequenceRow>(sql`
          select ${rowColumns} from sequences where name = ${sequence} for update`)
        const next = idWithin(rangeOf(row), Number(row?.value) + 1)
        await db.change(sql`update sequences set value = ${next} where name = ${sequence}`)
        ids.push(next)
      }
      return ids
    },
  }),
}
