import type { RowDataPacket } from 'mysql2'
import type { Pool } from 'mysql2/promise'
import { metricTotal } from './contention.ts'

/** What may still be under way after the last answer, by the name a person would give it. */
const openWork: Record<string, string> = {
  'events not relayed': `select count(*) as open from outbox
    where settled_at is null and relayed_at is null`,
  'effects not settled': `select count(*) as open from outbox o where
    (select count(*) from effects e where e.event_id = o.event_id and e.status <> 'again')
      < if(o.type = 'order.paid', 3, 1)`,
  'sagas not settled': `select count(*) as open from sagas where status in ('running', 'undoing')`,
  'orders in between': `select count(*) as open from orders
    where status in ('paying', 'cancelling')`,
  'expired orders not cancelled': `select count(*) as open from orders
    where status = 'pending' and expires_at < utc_timestamp(3)`,
  'declined orders not cancelled': `select count(*) as open from orders o join payments p
    on p.order_id = o.id and p.status = 'declined' where o.status = 'pending'`,
  'stock batches not settled': `select count(*) as open from stock_batches
    where settled_at is null`,
  'stock reservations not settled': `select count(*) as open from stock_reservations
    where status in ('open', 'counted')`,
  'open transactions': `select count(*) as open from information_schema.innodb_trx
    where trx_mysql_thread_id <> connection_id()`,
}

const pollMs = 100
/** Twice in a row: between two steps of a recovery nothing may be open for a moment. */
const quietTurnsMin = 2

const answerMsMax = 5000

/**
 * Waits until nothing of the block is under way any more.
 * @param deadlineMs after which it gives up
 * @param processUrls of those that may have effects in memory, which no table shows
 * @returns what was still open at the deadline; empty = quiet
 */
export async function waitForQuiescence(
  db: Pool,
  deadlineMs: number,
  processUrls: readonly string[] = [],
): Promise<string[]> {
  const endsAtMs = performance.now() + deadlineMs
  let quietTurns = 0
  let open: string[] = []
  while (performance.now() < endsAtMs) {
    open = await readOpenWork(db, processUrls)
    quietTurns = open.length === 0 ? quietTurns + 1 : 0
    if (quietTurns === quietTurnsMin) return []
    await Bun.sleep(pollMs)
  }
  return open.length > 0 ? open : ['never quiet twice in a row']
}

/**
 * What is still under way, in words.
 * @param processUrls of those that may have effects in memory
 */
export const readOpenWork = async (db: Pool, processUrls: readonly string[]): Promise<string[]> => [
  ...(await inMemory(processUrls)),
  ...(await openNow(db)),
]

async function openNow(db: Pool): Promise<string[]> {
  const open: string[] = []
  for (const [name, query] of Object.entries(openWork)) {
    const [rows] = await db.query<RowDataPacket[]>({ sql: query, timeout: 10_000 })
    const count = Number(rows[0]?.open ?? 0)
    if (count > 0) open.push(`${count} ${name}`)
  }
  return open
}

async function inMemory(processUrls: readonly string[]): Promise<string[]> {
  const open: string[] = []
  for (const url of processUrls) {
    const signal = AbortSignal.timeout(answerMsMax)
    const text = await fetch(`${url}/metrics`, { signal }).then(
      (answer) => answer.text(),
      () => undefined,
    )
    if (text === undefined) open.push(`${url} does not say what it has in memory`)
    const count = metricTotal(text ?? '', 'stampede_effects_in_memory')
    if (count > 0) open.push(`${count} effects in memory`)
  }
  return open
}

/** What of an arm may have effects in memory. */
export const processesOf = (arm: { api: { url: string }; worker?: { url: string } }): string[] =>
  [arm.api, arm.worker].flatMap((part) => part?.url ?? [])
