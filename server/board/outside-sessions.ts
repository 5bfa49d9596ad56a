import { type Connection, createConnection, type RowDataPacket } from 'mysql2'
import type { ActiveFaults } from '../../chaos/active-faults.ts'
import { faults } from '../../chaos/faults.ts'
import { actOutside, type OutsideSession, type Row } from '../../chaos/outside.ts'
import { withDeadline } from '../deadline.ts'
import { described, log } from '../log.ts'
import { startLoop } from '../worker/loop.ts'

const connectMsMax = 2000
const answerMsMaxUsual = 1000
/** So late at most a statement in hand is given up once its fault is over. */
const sliceMs = 50
/** A round without a fault looks again after this, unless woken. */
const idleMs = 500
/** Longest hold and pause, and what comes before and between them. */
const turnMsMax = 90_000

/**
 * What the server itself keeps to, where this process is frozen or killed in the middle: it ends a
 * session that is silent for two seconds, which frees its locks, and no wait of it is longer.
 */
const sessionStart = `set session wait_timeout = 2, lock_wait_timeout = 2,
  innodb_lock_wait_timeout = 1, sql_mode = 'STRICT_TRANS_TABLES', autocommit = 1`

/**
 * Opens a session for a fault, outside every pool of the shop.
 * @param isOver ends the statement in hand, and the session with it
 * @throws the driver's error, or that there is no answer in time
 */
export async function openOutsideSession(
  url: string,
  isOver: () => boolean,
): Promise<OutsideSession> {
  const connection = createConnection({ uri: url, connectTimeout: connectMsMax, trace: false })
  // A statement reports it; without a listener it would end the process.
  connection.on('error', () => {})
  const run: OutsideSession['run'] = (statement, values = [], answerMsMax = answerMsMaxUsual) =>
    untilOver(connection, ask(connection, statement, values), answerMsMax, isOver)
  await run(sessionStart, [], connectMsMax)
  // Rows and no gaps between them: what a fault does not name is not touched.
  await run('set session transaction isolation level read committed')
  const [row] = await run('select connection_id() as id')
  return { id: Number(row?.id), run, end: () => connection.destroy() }
}

function ask(connection: Connection, sql: string, values: readonly unknown[]): Promise<Row[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Row[]>()
  connection.query(sql, [...values], (error, found) => {
    if (error) reject(error)
    else resolve(Array.isArray(found) ? (found as RowDataPacket[]) : [])
  })
  return promise
}

/** Ends the connection when the answer is late, or is not wanted any more. */
async function untilOver<T>(
  connection: Connection,
  work: Promise<T>,
  answerMsMax: number,
  isOver: () => boolean,
): Promise<T> {
  const givenUpAtMs = performance.now() + answerMsMax
  const open = Symbol('no answer yet')
  // Its failure counts where it is awaited; where it no longer is, the connection has ended.
  work.catch(() => {})
  for (;;) {
    const leftMs = givenUpAtMs - performance.now()
    const answer = await withDeadline(work, Math.max(0, Math.min(leftMs, sliceMs)), () => open)
    if (answer !== open) return answer as T
    if (!isOver() && leftMs > 0) continue
    connection.destroy()
    throw new Error(isOver() ? 'the fault is over' : `no answer after ${answerMsMax} ms`)
  }
}

export interface OutsideLoops {
  /** Looks at once whether a fault is on. */
  wake(): void
  stop(): Promise<void>
}

/** Lets the faults act that have sessions of their own, each at its own pace. */
export function startOutside(active: ActiveFaults, url: string): OutsideLoops {
  const acting = Object.values(faults).filter(({ outside }) => outside)
  const loops = acting.map(({ name }) => {
    let isFailing = false
    const turn = async () => {
      try {
        const isOn = await actOutside(active, name, (isOver) => openOutsideSession(url, isOver))
        isFailing &&= !isOn
        return isOn
      } catch (error) {
        if (!isFailing) log(`chaos ${name}: has not taken hold: ${described(error)}`)
        isFailing = true
        return false
      }
    }
    return startLoop(`chaos ${name}`, idleMs, turn, turnMsMax)
  })
  return {
    wake: () => loops.forEach((loop) => void loop.wake()),
    async stop() {
      active.clear()
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
