import { sql } from 'drizzle-orm'
import type { Database } from '../../db/connections.ts'
import { engineOf } from '../../db/engine.ts'
import { Problem } from '../../errors.ts'
import { type IdsOption, type SequenceName, sequenceNames } from './ids.ts'
import { idWithin, numberRanges } from './number-ranges.ts'
import { openedOnce } from './opened-once.ts'

/** Values that the server has in memory; what is left of them is lost with it, a gap. */
const cache = 1000

export const databaseSequence: IdsOption = {
  range: 'databaseSequences',
  summary: 'MariaDB’s SEQUENCE, a thousand values cached by the server',
  doc: 'A counter outside all transactions, durable a thousand values ahead.',
  out: 'one value each',
  closes: 'two callers getting one value, inside the server, without a row’s lock or a commit',
  leavesOpen: 'a rollback or a crash leaves a gap',
  idsInOrder: true,
  engine: 'mariadb',
  open({ side }) {
    const whenMade = openedOnce(() => side.use(makeAll))
    return {
      async take(_ctx, _db, sequence, count) {
        await whenMade()
        const calls = Array.from(
          { length: count },
          () => sql`select nextval(${nameOf(sequence)}) as id`,
        )
        const rows = await side.rows<{ id: string }>(sql.join(calls, sql` union all `))
        return rows.map(({ id }) => idWithin(numberRanges.databaseSequences, Number(id)))
      },
    }
  },
}

const nameOf = (sequence: SequenceName) => sql.identifier(`ids_${sequence}`)

async function makeAll(db: Database): Promise<void> {
  const [server] = await db.rows<{ version: string }>(sql`select version() as version`)
  if (!server || engineOf(server.version) !== 'mariadb') {
    const detail = `This source of ids is MariaDB’s SEQUENCE; this server is ${server?.version}`
    throw new Problem('ids-unavailable', { detail })
  }
  const { first, last } = numberRanges.databaseSequences
  const range = sql.raw(`start with ${first} minvalue ${first} maxvalue ${last} cache ${cache}`)
  for (const name of sequenceNames) {
    await db.change(sql`create sequence if not exists ${nameOf(name)} ${range} nocycle`)
  }
}
