import { sql } from 'drizzle-orm'
import { exitCodes, UserError } from '../../lab/user-error.ts'
import { instant } from '../../server/db/statements.ts'
import { type Crowd, endOfCrowd } from './crowd.ts'
import type { Running } from './running.ts'
import { crowdWords } from './words.ts'

/** Half of the customers, so that both sources give ids all the time. */
const percent = 50
const shown = 5

/** A row as a query that sorts by id shows it. */
interface Shown {
  id: string
  createdAt: string
  /** How many rows are newer. */
  newer: number
}

/**
 * Lets a sequence have ids of two sources at once for the window, shows what a query that sorts by
 * id makes of it, and leaves the sequence with the new source alone.
 * @returns the exit code: missed where no inversion was seen
 * @throws UserError without a crowd, or where the new source has the sequence already
 */
export async function provoke(running: Running, crowd: Crowd | undefined): Promise<number> {
  const { options, session, shop } = running
  const [sequence = 'orders'] = options.sequences
  const { to, windowSeconds } = options
  const refuse = (why: string): never => {
    throw new UserError(why, exitCodes.badArguments)
  }
  if (!crowd) return refuse('--provoke needs a crowd: give a --rate above 0')
  const subject = `ids.${sequence}`
  const { option } = await shop.flagOf(subject)
  if (option === to) refuse(`${subject}=${to} is in force already: two sources need another one`)
  const end = { option: to, reason: 'fade-out: the provoked inversion ends' }
  let isOver = false
  const endNow = async () => {
    if (!isOver) await shop.setBack(subject, end)
    isOver = true
  }
  session.add({ name: 'two sources', stop: endNow })
  const reason = `fade-out: ${option} and ${to} at once, provoked`
  await shop.set(subject, { option, to, percent, provoke: true, reason })
  await Bun.sleep(windowSeconds * 1000)
  const rows = await latest(running, sequence)
  await endNow()
  console.log(`select id, created_at from ${sequence} order by id desc limit ${shown}`)
  for (const { id, createdAt, newer } of rows) {
    const place = newer < shown ? 'among the newest' : `${newer} rows are newer`
    console.log(`  ${id.padStart(12)}  ${createdAt.slice(11, 23)}  ${place}`)
  }
  const wrong = rows.filter(({ newer }) => newer >= shown).length
  console.log(`${wrong} of these ${shown} are not among the ${shown} newest`)
  const sent = await endOfCrowd(crowd)
  if (!sent) return exitCodes.untrusted
  for (const line of crowdWords(sent)) console.log(line)
  return sent.inversions > 0 ? exitCodes.asExpected : exitCodes.missed
}

/** What a list of the newest would show by id, and how wrong that is by time. */
async function latest({ db }: Running, sequence: string): Promise<Shown[]> {
  const table = sql.identifier(sequence)
  const rows = await db.rows<{ id: string; createdAt: string; newer: number }>(sql`
    select l.id, l.created_at as createdAt,
           (select count(*) from ${table} n where n.created_at > l.created_at) as newer
    from (select id, created_at from ${table} order by id desc limit ${shown}) l
    order by l.id desc`)
  return rows.map((row) => ({
    id: String(row.id),
    createdAt: instant(row.createdAt),
    newer: Number(row.newer),
  }))
}
