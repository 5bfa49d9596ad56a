import { mkdir } from 'node:fs/promises'
import { auditShop } from '../../../audit/audit.ts'
import { parseDesign } from '../../../server/designs/design.ts'
import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import { blockersTable } from '../../report/blockers-table.ts'
import { worstOf } from '../../run/locks.ts'
import { waitForQuiescence } from '../../run/quiescence.ts'
import { hasJMeter, runJMeter } from '../jmeter.ts'
import { lockChart } from '../lock-chart.ts'
import {
  audited,
  designsOf,
  type Measured,
  type Outcome,
  type Reproduction,
  type Row,
  type SourceTestBed,
} from '../measurement.ts'
import { type ContendedLoop, orderOf, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'

const shapes = ['one-big', 'per-item'] as const
type Shape = (typeof shapes)[number]
const titles = { 'one-big': 'one transaction', 'per-item': 'one per item' }
/** Load shapes: so many buyers at once, as the threads of a JMeter plan. */
const loads = [10, 50, 100]
const hotOptions = 20
const items = 4
const threads = 50
const quiescenceMsMax = 60_000

export const s5: Reproduction = async (testBed, advance) => {
  const outcomes: Outcome[] = []
  for (const [index, buyers] of loads.entries()) {
    const part = partOf(advance, index, loads.length + 1)
    outcomes.push(await underLoad(testBed, buyers, part))
  }
  const last = partOf(advance, loads.length, loads.length + 1)
  outcomes.push(await underJMeter(testBed, last))
  return {
    rows: outcomes.flatMap(({ rows }) => rows),
    audits: outcomes.flatMap(({ audits }) => audits),
    remarks: outcomes.flatMap(({ remarks }) => remarks),
    nodes: outcomes.flatMap(({ nodes = [] }) => nodes),
    charts: outcomes.flatMap(({ charts = [] }) => charts),
  }
}

const designUnder = (shape: Shape) => `before,effects=outbox,ids=ticket-server,transaction=${shape}`
const both = shapes.map(designUnder)

async function underLoad(
  testBed: SourceTestBed,
  buyers: number,
  advance: Advance,
): Promise<Outcome> {
  const { quick } = testBed
  return await withShop(testBed, { poolConnections: buyers }, async (shop) => {
    const measure = (shape: Shape) => {
      const ctx = shop.ctx(designUnder(shape))
      return shop.contendedLoop(buyers, quick ? 700 : 2000, (call) => order(ctx, call))
    }
    const loops = await inTurns(shapes, quick ? 3 : 6, measure, advance)
    const what = `${buyers} buyers at once, ${items} of ${hotOptions} hot products`
    const deadlocks = ofShapes(loops, (loop) => loop.deadlocks, 0)
    return {
      rows: [
        ...rateAndErrors(
          what,
          ofShapes(loops, ({ perSecond }) => perSecond),
          ofShapes(loops, ({ done, failed }) => (100 * failed) / Math.max(1, done + failed), 0),
        ),
        { what: `${what}: deadlocks`, unit: 'deadlocks', better: 'lower', designs: deadlocks },
      ],
      audits: [audited(`both shapes, ${buyers} buyers at once`, await shop.audit(), both)],
      remarks: [],
      nodes: buyers === loads.at(-1) ? blockersTable(blockersOf(loops)) : [],
      charts: [lockChart(buyers, loops)],
    }
  })
}

const blockersOf = (loops: Record<Shape, ContendedLoop[]>) =>
  shapes.map((shape) => ({
    name: titles[shape],
    blockers: worstOf(loops[shape].flatMap(({ locks }) => locks?.blockers ?? [])),
  }))

let customers = 0

/** Four different items of the twenty hot ones, in an order of the buyer's own; paid by balance. */
function order(ctx: FlowCtx, call: number) {
  const first = (call * 7) % hotOptions
  const wanted = Array.from({ length: items }, (_, item) => 1 + ((first + item * 3) % hotOptions))
  const own = call % 2 === 0 ? wanted : wanted.toReversed()
  // Over all rounds: one and the same customer would meet the limit of a promotion in the last.
  return orderOf(ctx, 1 + (++customers % 5000), own, { method: 'balance' })
}

/** The same crowd by JMeter, an independent client, over HTTP; no rows without JMeter. */
async function underJMeter(testBed: SourceTestBed, advance: Advance): Promise<Outcome> {
  if (!hasJMeter()) {
    return { rows: [], audits: [], remarks: ['JMeter is not installed: left out (apt: jmeter).'] }
  }
  const measure = (shape: Shape, round: number) => oneRun(testBed, shape, round)
  const runs = await inTurns(shapes, testBed.quick ? 1 : 4, measure, advance)
  const [rate, errors] = rateAndErrors(
    `JMeter, ${threads} threads, the crowd of the other drivers`,
    ofShapes(runs, ({ perSecond }) => perSecond),
    ofShapes(runs, ({ failed, samples }) => (100 * failed) / samples, 0),
  )
  const note = 'JMeter’s threads wait for their answers: of a slow shop they ask less.'
  const audits = Object.values(runs).flatMap((own) => own.map(({ audit }) => audit))
  return { rows: [rate, { ...errors, note }], audits, remarks: [] }
}

async function oneRun(testBed: SourceTestBed, shape: Shape, round: number) {
  const name = `jmeter-${shape}-${round}`
  const spec = { name: shape, design: parseDesign(designUnder(shape)).label }
  const arm = await testBed.openArm(testBed, spec, name)
  try {
    const folder = testBed.session.dataPath(`plan-${name}`)
    await mkdir(folder, { recursive: true })
    const samples = await runJMeter(testBed.session, folder, {
      port: Number(new URL(arm.api.url).port),
      threads,
      seconds: testBed.quick ? 4 : 10,
      seed: testBed.seed + round,
      users: arm.users,
      keyPrefix: name,
    })
    const pending = await waitForQuiescence(arm.db, quiescenceMsMax)
    const findings = [...pending, ...(await auditShop(arm.db))]
    const title = `transaction=${shape} under JMeter, round ${round + 1}`
    const audit = audited(title, findings, [designUnder(shape)])
    return { ...samples, audit }
  } finally {
    await arm.close()
  }
}

/** Both shapes of a figure. @param perItem the source's figure of the second one */
const ofShapes = <Result>(
  results: Record<Shape, Result[]>,
  figureOf: (result: Result) => number,
  perItem?: number,
): Measured[] =>
  designsOf('transaction', results, figureOf, {
    titles,
    theirs: perItem === undefined ? {} : { 'per-item': perItem },
  })

/** What both loads show; the source's only figure is that the split one has no errors. */
const rateAndErrors = (
  what: string,
  perSecond: Measured[],
  failedPercent: Measured[],
): [rate: Row, errors: Row] => [
  { what: `${what}: rate`, unit: 'orders/s', better: 'higher', designs: perSecond },
  { what: `${what}: errors`, unit: '% failed', better: 'lower', designs: failedPercent },
]
