import type { RowDataPacket } from 'mysql2'
import type { Pool } from 'mysql2/promise'

/** What became of the effects of paid orders. */
export interface EffectsEnded {
  /** Given up after their last try. */
  dead: number
  /** Three for each paid order. */
  due: number
}

const answerMsMax = 10_000

/** Reads them from a shop that is quiescent. */
export async function readEffectsEnded(db: Pool): Promise<EffectsEnded> {
  const [rows] = await db.query<RowDataPacket[]>({
    sql: `select
      (select count(*) from effects where status = 'dead' and handler <> 'slack') as dead,
      (select 3 * count(*) from orders where status = 'paid') as due`,
    timeout: answerMsMax,
  })
  return { dead: Number(rows[0]?.dead), due: Number(rows[0]?.due) }
}
