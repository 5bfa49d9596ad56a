import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { FlowCtx } from '../../server/designs/flow-ctx.ts'
import { Problem } from '../../server/errors.ts'
import { whileOpen } from '../run/closed-loop.ts'
import { askForCoupon } from './coupon-log.ts'
import type { InProcessShop } from './shop.ts'

const callers = 6
/** Partners ask before the step, and after it. */
const aroundMs = 300
const watchMs = 100
const batch = 500
/** Between two batches: who has waited goes first. */
const pauseMs = 5
/** Rows of before are older. */
const old = `issued_at < '2024-01-01'`
const createIndex = 'create index coupon_issues_seq on coupon_issues (product_id, seq)'
/** An idle transaction that somebody has left open ends after this long. */
const idleMs = 2000

/** Of a create index that gives up, so that those behind it go on. */
const [triesMax, triesPauseMs, lockWaitTimeout] = [30, 500, 1205]

type Connection = Awaited<ReturnType<typeof createConnection>>

/** A way to rid the log of old rows, or to give it its index, while partners ask. */
export type Step = (connection: Connection, url: string) => Promise<void>

export const steps = {
  'one delete': async (connection) => {
    await connection.query(`delete from coupon_issues where ${old}`)
  },
  // By READ COMMITTED it locks the rows that it deletes, and not the gaps that new rows go into.
  '500 rows at a time': async (connection) => {
    await connection.query('set session transaction isolation level read committed')
    for (;;) {
      const [rows] = await connection.query<RowDataPacket[]>(
        `select number from coupon_issues where ${old} order by issued_at limit ${batch}`,
      )
      if (rows.length === 0) return
      const numbers = rows.map(({ number }) => number)
      await connection.query('delete from coupon_issues where number in (?)', [numbers])
      await Bun.sleep(pauseMs)
    }
  },
  'create index behind an idle transaction': async (connection, url) => {
    const idle = await createConnection({ uri: url, connectTimeout: 5000 })
    await idle.query('start transaction')
    await idle.query('select seq from coupon_issues limit 1')
    const made = connection.query(createIndex)
    await Bun.sleep(idleMs)
    await idle.query('commit')
    await made
    await idle.end()
  },
  'create index online, that gives up after a second and tries again': async (connection) => {
    await connection.query('set session lock_wait_timeout = 1')
    for (let left = triesMax; ; left -= 1) {
      try {
        await connection.query(`${createIndex} algorithm = inplace lock = none`)
        return
      } catch (error) {
        if (left === 0 || (error as { errno?: number }).errno !== lockWaitTimeout) throw error
        await Bun.sleep(triesPauseMs)
      }
    }
  },
} satisfies Record<string, Step>

export type StepName = keyof typeof steps

export interface StepResult {
  seconds: number
  /** Longest time in which no partner was answered, from before the step until after it. */
  stallMs: number
  /** While the step ran. */
  couponsPerSecond: number
  failed: number
  /** Most sessions at once that waited for the table's definition, and what they ran. */
  waiting: { sessions: number; statements: string[] }
}

/** Runs a step while partners ask. */
export async function underLoad(
  shop: InProcessShop,
  ctx: FlowCtx,
  step: Step,
): Promise<StepResult> {
  const url = shop.urls.DATABASE_URL
  const connection = await createConnection({ uri: url, connectTimeout: 5000 })
  const watcher = await createConnection({ uri: url, connectTimeout: 5000 })
  const answeredMs: number[] = [performance.now()]
  let failed = 0
  let isOpen = true
  const asking = whileOpen(
    callers,
    () => isOpen,
    async (call) => {
      try {
        await askForCoupon(ctx, call)
        answeredMs.push(performance.now())
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        failed += 1
      }
    },
  )
  try {
    await Bun.sleep(aroundMs)
    const startedMs = performance.now()
    const running = { now: true }
    const watching = watchWaits(watcher, running)
    await step(connection, url)
    const endedMs = performance.now()
    running.now = false
    const waiting = await watching
    await Bun.sleep(aroundMs)
    isOpen = false
    await asking
    const during = answeredMs.filter((ms) => ms >= startedMs && ms <= endedMs).length
    const seconds = (endedMs - startedMs) / 1000
    return {
      seconds,
      stallMs: longestGap([...answeredMs, performance.now()]),
      couponsPerSecond: during / seconds,
      failed,
      waiting,
    }
  } finally {
    isOpen = false
    await asking.catch(() => {})
    await Promise.all([connection.end(), watcher.end()])
  }
}

const longestGap = (moments: readonly number[]): number =>
  moments.reduce((longest, ms, index) => Math.max(longest, ms - (moments[index - 1] ?? ms)), 0)

/** Sessions that stand behind the definition of the table: what a DBA would look at. */
async function watchWaits(connection: Connection, running: { now: boolean }) {
  const found = { sessions: 0, statements: [] as string[] }
  while (running.now) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `select info from information_schema.processlist
       where db = database() and state like 'Waiting for table metadata lock%'`,
    )
    if (rows.length > found.sessions) {
      found.sessions = rows.length
      const heads = rows.map(({ info }) => String(info).trim().split(/\s+/).slice(0, 3).join(' '))
      found.statements = [...new Set(heads)]
    }
    await Bun.sleep(watchMs)
  }
  return found
}
