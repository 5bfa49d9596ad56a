import { sql } from 'drizzle-orm'
import type { Connections } from '../../db/connections.ts'
import { contentionOf, notClaimed } from '../../db/failures.ts'
import type { IdsOption, SequenceName } from './ids.ts'
import { idWithin, numberRanges } from './number-ranges.ts'

/** A deadlock is broken at once, so that a next try costs one statement. */
const attemptsMax = 20
const backoffMsMax = 10

export const replaceInto: IdsOption = {
  range: 'replaced',
  summary: 'a row replaced for each id, which AUTO_INCREMENT numbers (Flickr, on InnoDB)',
  doc: 'Flickr’s ticket table (2010) with a row for each sequence.',
  out: 'one value per statement',
  closes: 'two callers getting one value, by the counter’s own mutex',
  leavesOpen:
    'delete and insert on a unique key deadlock (Flickr’s table locked as a whole), so each is ' +
    'tried up to 20 times; a rollback leaves a gap',
  idsInOrder: true,
  hazard: 'its statements deadlock with each other, and are tried again',
  open: () => ({
    async take({ side, connections }, _db, sequence, count) {
      const ids: string[] = []
      while (ids.length < count) {
        const id = await replaced(side, sequence, connections.retries)
        ids.push(idWithin(numberRanges.replaced, id))
      }
      return ids
    },
  }),
}

/** @param retries counted into, by the kind of contention */
async function replaced(
  side: Connections,
  sequence: SequenceName,
  retries: Record<string, number>,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await side.insert(sql`replace into replaced_tickets (name) values (${sequence})`)
    } catch (error) {
      const contention = contentionOf(error)
      if (!contention || attempt === attemptsMax) return notClaimed(error)
      retries[contention] = (retries[contention] ?? 0) + 1
      await Bun.sleep(Math.random() * backoffMsMax)
    }
  }
}
