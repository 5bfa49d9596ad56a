import { sql } from 'drizzle-orm'
import { type Child, startChild } from '../../../lab/processes/child.ts'
import { withDeadline } from '../../../server/deadline.ts'
import { figureColumns, paragraph, table, textColumns } from '../../report/document.ts'
import type { Audited, Reproduction, SourceTestBed } from '../measurement.ts'
import { placedLine, type TimeoutKind } from '../order-timeouts/settings.ts'
import { type InProcessShop, withShop } from '../shop.ts'

/** After so long an unpaid order is to be cancelled. */
const seconds = 4
/** How much later the last order may be cancelled on a busy machine. */
const lateMsMax = 20_000
const placedMsMax = 60_000
const entry = `${import.meta.dir}/../order-timeouts/main.ts`

interface Case {
  title: string
  kind: TimeoutKind
  /** Killed by SIGKILL once its orders are placed, and started again. */
  isKilled: boolean
}

const cases: readonly Case[] = [
  { title: 'timers in the process', kind: 'memory', isKilled: false },
  { title: 'timers in the process, kill -9', kind: 'memory', isKilled: true },
  { title: 'a column and a loop, kill -9', kind: 'column', isKilled: true },
]

/** Unpaid orders, and the units that they hold. */
interface Held {
  orders: number
  units: number
}

export const s3Timeout: Reproduction = async (testBed, advance) => {
  const orders = testBed.quick ? 50 : 300
  const lines: string[][] = []
  const audits: Audited[] = []
  for (const [index, one] of cases.entries()) {
    await withShop(testBed, {}, async (shop) => {
      const { placed, left, findings } = await run(testBed, shop, one, orders)
      lines.push([one.title, ...[placed.orders, left.orders, left.units].map(String)])
      audits.push(judged(one, left, findings))
    })
    advance((index + 1) / cases.length)
  }
  const columns = [
    ...textColumns('where the time-out of an order lives'),
    ...figureColumns('unpaid orders', 'still there after their time', 'units they hold'),
  ]
  return { rows: [], audits, remarks: [], nodes: [paragraph(words), table(columns, lines)] }
}

const words =
  `Each order is to be cancelled ${seconds} s after it was placed. The process that placed them ` +
  'is killed before that where it says so, and started again at once.'

function judged({ title, kind, isKilled }: Case, left: Held, findings: string[]): Audited {
  const lost = `${left.orders} unpaid orders hold ${left.units} units for good`
  const isLossExpected = kind === 'memory' && isKilled
  if (!isLossExpected && left.orders > 0)
    return { design: title, findings: [...findings, lost], known: [] }
  if (!isLossExpected) return { design: title, findings, known: [] }
  const survived = left.orders === 0 ? ['its timers have survived a kill -9'] : []
  return { design: title, findings: [...findings, ...survived], known: [lost] }
}

async function run(testBed: SourceTestBed, shop: InProcessShop, one: Case, orders: number) {
  let shopProcess = await start(testBed, shop, one.kind, orders)
  try {
    const placed = await heldIn(shop)
    if (one.isKilled) {
      await shopProcess.kill9()
      shopProcess = await start(testBed, shop, one.kind, 0)
    }
    const left = await leftAfterTheirTime(testBed, shop)
    return { placed, left, findings: await shop.audit() }
  } finally {
    await shopProcess.kill9()
  }
}

let processes = 0

/** @returns the process, once its orders are placed @throws Error where that takes too long */
async function start(
  { session }: SourceTestBed,
  shop: InProcessShop,
  kind: TimeoutKind,
  orders: number,
): Promise<Child> {
  const isPlaced = Promise.withResolvers<void>()
  const child = await startChild(session, {
    name: `order-timeouts-${++processes}`,
    command: [process.execPath, entry],
    environment: {
      ...shop.urls,
      TIMEOUT_KIND: kind,
      TIMEOUT_ORDERS: String(orders),
      TIMEOUT_SECONDS: String(seconds),
    },
    onLine: (line) => {
      if (line === placedLine) isPlaced.resolve()
    },
  })
  const ended = child.exited.then((code) => {
    throw new Error(`the process of the orders ended with code ${code}: ${child.logPath}`)
  })
  ended.catch(() => {})
  await withDeadline(Promise.race([isPlaced.promise, ended]), placedMsMax, async () => {
    await child.kill9()
    throw new Error(`the orders were not placed within ${placedMsMax / 1000} s: ${child.logPath}`)
  })
  return child
}

async function heldIn({ services }: InProcessShop): Promise<Held> {
  const [row] = await services.connections.rows<{ orders: number; units: string | null }>(sql`
    select count(distinct o.id) as orders, sum(i.units) as units
    from orders o join order_items i on i.order_id = o.id where o.status = 'pending'`)
  return { orders: Number(row?.orders), units: Number(row?.units ?? 0) }
}

/** What is unpaid once the time of all is over and nothing has changed for as long again. */
async function leftAfterTheirTime({ session }: SourceTestBed, shop: InProcessShop): Promise<Held> {
  const endsAtMs = performance.now() + seconds * 1000 + lateMsMax
  let [left, sinceMs] = [await heldIn(shop), performance.now()]
  while (left.orders > 0 && performance.now() < endsAtMs && !session.signal.aborted) {
    await Bun.sleep(100)
    const now = await heldIn(shop)
    if (now.orders !== left.orders) sinceMs = performance.now()
    left = now
    if (performance.now() - sinceMs > 2 * seconds * 1000) break
  }
  return left
}
