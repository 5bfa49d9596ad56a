import type { RowDataPacket } from 'mysql2/promise'
import { auditShop } from '../../audit/audit.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import type { PrivateArm } from '../run/arm.ts'
import { askChaos, type ChaosAccess } from '../run/ask-chaos.ts'
import { injectedOf, resetFaults } from '../run/fault-timeline.ts'
import { processesOf, waitForQuiescence } from '../run/quiescence.ts'
import { type Cell, cellOf } from './classify.ts'
import { openUser, type Sample, type User, type Verb, verbs } from './verbs.ts'

/** Seconds without the fault, with it, and after it; the last five have to be as before. */
const phaseSeconds = { before: 6, during: 8, after: 9, back: 5 } as const
/** Of each verb. */
const perSecond = 4
const placersAtOnce = 4
const quietMsMax = 45_000
const reportedMs = 600

export interface FaultRow {
  fault: string
  cells: Cell[]
  injected: number
  /** What the data have against them; empty = nothing. */
  findings: string[]
}

/**
 * Users do everything at a steady pace while a fault comes and goes; then the shop is audited, and
 * what it has acknowledged is looked for.
 * @throws Error where orders cannot be placed beforehand, or the board does not answer
 */
export async function runFault(
  arm: PrivateArm,
  token: string,
  { name, settings }: { name: string; settings: object },
): Promise<FaultRow> {
  const chaos = { url: arm.board.url, token }
  const user = openUser(fetchHttp(arm.api.url), arm.users, `${arm.spec.name}-${name}`)
  const { before, during, after, back } = phaseSeconds
  const count = perSecond * (before + during + after)
  const orders = await placeMany(user, 2 * count)
  const beginsMs = Date.now()
  const asking = verbs.map((verb, index) => askSteadily(user, verb, count, orders, index))
  const [onMs, offMs] = await withFault(chaos, beginsMs, name, settings)
  const samples = (await Promise.all(asking)).flat()
  const injected = await injectedOf(chaos, name)
  const open = await waitForQuiescence(arm.db, quietMsMax, processesOf(arm))
  const findings = [
    ...open.map((what) => `still open: ${what}`),
    ...(open.length > 0 ? [] : await auditShop(arm.db)),
    ...(await lostOf(arm, samples)),
  ]
  const endsMs = beginsMs + (before + during + after) * 1000
  const phases = { onMs, offMs, backMs: endsMs - back * 1000 }
  const facts = { isWrong: findings.length > 0, injected }
  const cells = verbs.map((verb) => {
    // A page that is read writes nothing.
    const own = verb === 'browse' ? { ...facts, isWrong: false } : facts
    return cellOf(verb, samples, phases, own)
  })
  return { fault: name, cells, injected, findings }
}

/** @returns when the fault was on, and when it was off, epoch ms */
async function withFault(chaos: ChaosAccess, beginsMs: number, name: string, settings: object) {
  const { before, during } = phaseSeconds
  await Bun.sleep(beginsMs + before * 1000 - Date.now())
  const onMs = Date.now()
  try {
    // Its time to live ends it where this process cannot.
    const ttlSeconds = during + 2
    await askChaos(chaos, 'PUT', `faults/${name}`, { ...settings, ttlSeconds })
    await Bun.sleep(during * 1000)
  } finally {
    await resetFaults(chaos)
  }
  const offMs = Date.now()
  await Bun.sleep(reportedMs)
  return [onMs, offMs] as const
}

async function placeMany(user: User, count: number): Promise<string[]> {
  const ids: string[] = []
  const place = async () => {
    while (ids.length < count) ids.push(await user.placed())
  }
  await Promise.all(Array.from({ length: placersAtOnce }, place))
  return ids
}

/** An open model: a request is sent when it is due, whatever became of the others. */
async function askSteadily(
  user: User,
  verb: Verb,
  count: number,
  orders: readonly string[],
  lane: number,
): Promise<Sample[]> {
  const beginsMs = Date.now() + (lane * 1000) / (perSecond * verbs.length)
  const asked: Promise<Sample>[] = []
  for (let index = 0; index < count; index += 1) {
    await Bun.sleep(Math.max(0, beginsMs + (index * 1000) / perSecond - Date.now()))
    // Payments have the even ones, cancellations the odd ones.
    asked.push(user.does(verb, orders[2 * index + (verb === 'pay' ? 0 : 1)] ?? ''))
  }
  return await Promise.all(asked)
}

const wanted: Partial<Record<Verb, string>> = {
  order: 'select count(*) as found from orders where id in (?)',
  pay: "select count(*) as found from orders where id in (?) and status = 'paid'",
  cancel: "select count(*) as found from orders where id in (?) and status = 'cancelled'",
  coupon: 'select count(*) as found from coupon_issues where number in (?)',
}

/** What was acknowledged and is not there, a line for each verb. */
async function lostOf({ db }: PrivateArm, samples: readonly Sample[]): Promise<string[]> {
  const lines: string[] = []
  for (const [verb, statement] of Object.entries(wanted)) {
    const ids = samples.flatMap((one) => (one.verb === verb && one.acknowledged) || [])
    if (ids.length === 0) continue
    const [[row]] = await db.query<RowDataPacket[]>(statement, [ids])
    const lost = new Set(ids).size - Number(row?.found)
    if (lost > 0) lines.push(`${lost} of ${ids.length} acknowledged (${verb}) are not there`)
  }
  return lines
}
