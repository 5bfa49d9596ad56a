import type { RowDataPacket } from 'mysql2'
import type { Pool } from 'mysql2/promise'
import { type OpenWork, openWorkIn, openWorkOfServer } from '../../audit/open-work.ts'
import { metricTotal } from './contention.ts'

/** InnoDB refreshes its table of transactions only where no reader has come for 100 ms. */
const pollMs = 150
/** Twice in a row: between two steps of a recovery nothing may be open for a moment. */
const quietTurnsMin = 2

const answerMsMax = 5000
const statementMsMax = 10_000

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
  const [rows] = await db.query<(OpenWork & RowDataPacket)[]>({
    sql: openWorkOfServer,
    timeout: statementMsMax,
  })
  return openWorkIn(rows)
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
