import type { RowDataPacket } from 'mysql2'
import type { Pool } from 'mysql2/promise'
import { auditShop } from '../../audit/audit.ts'
import type { Delivery } from '../../audit/checker.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { figureColumns, type Table, table, textColumns } from '../report/document.ts'
import { processesOf, waitForQuiescence } from '../run/quiescence.ts'
import type { TestBed } from '../run/test-bed.ts'
import type { SourceTestBed } from './measurement.ts'

const orders = 10
const answerMsMax = 10_000
const quiescenceMsMax = 60_000
/** Receives each paid order, and fails. */
const handler = 'data-platform'

/** What became of orders whose data platform was away. */
export interface Failing {
  paid: number
  /** Effects that ended dead, and the tries that each of them had. */
  dead: number
  tries: number[]
  /** Messages that Slack received. */
  alerts: number
  /** From the first order until nothing was under way. */
  seconds: number
  findings: string[]
}

/** Pays ten orders while the data platform answers 503, and waits for what follows. */
export async function failingHandler(
  { openArm, ...testBed }: Pick<SourceTestBed, 'openArm'> & TestBed,
  design: string,
  name: string,
): Promise<Failing> {
  const arm = await openArm(testBed, { name: 'failing', design: parseDesign(design).label }, name)
  try {
    const { url } = arm.bank
    await asked(`${url}/partners/${handler}/failure`, 'PUT', { rate: 1 })
    const startedMs = performance.now()
    let paid = 0
    for (let user = 1; user <= orders; user += 1) {
      const items = [{ optionId: String(user), quantity: 1 }]
      const order = { userId: String(user), items, payment: { method: 'balance' } }
      const answer = await asked(`${arm.api.url}/api/v1/orders`, 'POST', order, `failing-${user}`)
      const { status } = answer as { status?: unknown }
      if (status === 'paid') paid += 1
    }
    const pending = await waitForQuiescence(arm.db, quiescenceMsMax, processesOf(arm))
    const seconds = (performance.now() - startedMs) / 1000
    const tries = await triesOfDead(arm.db)
    const { deliveries } = (await asked(`${url}/partners/ledger`, 'GET')) as {
      deliveries: Delivery[]
    }
    const alerts = deliveries.filter(({ sink }) => sink === 'slack').length
    const findings = [...pending, ...(await auditShop(arm.db))]
    return { paid, dead: tries.length, tries, alerts, seconds, findings }
  } finally {
    await arm.close()
  }
}

async function triesOfDead(db: Pool): Promise<number[]> {
  const [rows] = await db.query<RowDataPacket[]>({
    sql: `select attempts from effects where handler = ? and status = 'dead' order by event_id`,
    values: [handler],
    timeout: answerMsMax,
  })
  return rows.map(({ attempts }) => Number(attempts))
}

/** @returns the JSON of the answer, whatever its status; undefined without a body */
async function asked(url: string, method: string, body?: object, key?: string): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerMsMax),
  })
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text)
}

/**
 * What must hold where side effects are events: an order is paid whatever its partners do, each
 * effect is tried three times, and each that is dead has a message at Slack.
 * @returns a line for each thing that does not hold
 */
export function flawsOf({ paid, dead, tries, alerts }: Failing): string[] {
  const flaws: string[] = []
  if (paid !== orders)
    flaws.push(`paid: ${paid} of ${orders} orders, though only a partner is away`)
  if (dead !== paid) flaws.push(`dead: ${dead} effects of ${paid} paid orders`)
  if (tries.some((one) => one !== 3)) flaws.push(`tries: ${tries.join(', ')}, not three of each`)
  if (alerts !== dead) flaws.push(`alerts: ${alerts} at Slack for ${dead} dead effects`)
  return flaws
}

/** @param failing of each design by its name */
export function failingTable(failing: Record<string, Failing>): Table {
  const columns = [
    ...textColumns('data platform away'),
    ...figureColumns('orders paid', 'effects dead', 'tries of each', 'messages at Slack', 'after'),
  ]
  const lines = Object.entries(failing).map(([name, one]) => [
    name,
    `${one.paid} of ${orders}`,
    String(one.dead),
    [...new Set(one.tries)].join(', ') || '–',
    String(one.alerts),
    `${one.seconds.toFixed(1)} s`,
  ])
  return table(columns, lines)
}
