import { mkdir } from 'node:fs/promises'
import { median } from 'simple-statistics'
import { auditShop } from '../../../audit/audit.ts'
import { type LoadShape, loadShapeWords } from '../../../loadtests/jmeter/shapes.ts'
import { parseDesign } from '../../../server/designs/design.ts'
import { amount, duration } from '../../judge/format.ts'
import { type DocumentNode, figureColumns, table, textColumns } from '../../report/document.ts'
import type { LineChart } from '../../report/line-chart.ts'
import type { RunningArm } from '../../run/arm.ts'
import { deadlocksOf } from '../../run/contention.ts'
import { waitForQuiescence } from '../../run/quiescence.ts'
import { hasJMeter, runJMeter, type Samples } from '../jmeter.ts'
import { type Audited, audited, type Outcome, type SourceTestBed } from '../measurement.ts'
import { type Advance, inTurns } from '../turns.ts'
import { designUnder, ofShapes, rateAndErrors, type Shape, shapes, titles } from './s5-shapes.ts'

const threads = 50
const quiescenceMsMax = 60_000

interface ShapeRun extends Samples {
  deadlocks: number
}

interface Round {
  runs: Partial<Record<LoadShape, ShapeRun>>
  audit: Audited
}

/** Runs of one load shape, one a round, of each transaction shape. */
interface Table {
  loadShape: LoadShape
  runs: Record<Shape, ShapeRun[]>
}

/**
 * The crowd of the other drivers by JMeter, an independent client, over HTTP, one load shape after
 * the other at the same arm; no rows without JMeter.
 */
export async function underJMeter(testBed: SourceTestBed, advance: Advance): Promise<Outcome> {
  if (!hasJMeter()) {
    return { rows: [], audits: [], remarks: ['JMeter is not installed: left out (apt: jmeter).'] }
  }
  const measure = (shape: Shape, round: number) => oneRound(testBed, shape, round)
  const rounds = await inTurns(shapes, testBed.quick ? 1 : 4, measure, advance)
  const tables = testBed.loadShapes.map((loadShape): Table => {
    const runsOf = (shape: Shape) => rounds[shape].flatMap(({ runs }) => runs[loadShape] ?? [])
    return { loadShape, runs: { 'one-big': runsOf('one-big'), 'per-item': runsOf('per-item') } }
  })
  return {
    rows: tables.flatMap(({ loadShape, runs }) => {
      const [rate, errors] = rateAndErrors(
        `JMeter, ${loadShape}: ${loadShapeWords[loadShape]}, ${threads} at the most`,
        ofShapes(runs, ({ perSecond }) => perSecond),
        ofShapes(runs, ({ failed, samples }) => (100 * failed) / samples, 0),
      )
      const note = 'JMeter’s threads wait for their answers: of a slow shop they ask less.'
      return [rate, { ...errors, note }]
    }),
    audits: shapes.flatMap((shape) => rounds[shape].map(({ audit }) => audit)),
    remarks: [],
    nodes: [shapesTable(tables)],
    charts: tables.map(rateChart),
  }
}

async function oneRound(testBed: SourceTestBed, shape: Shape, round: number): Promise<Round> {
  const name = `jmeter-${shape}-${round}`
  const spec = { name: shape, design: parseDesign(designUnder(shape)).label }
  const arm = await testBed.openArm(testBed, spec, name)
  try {
    const runs: Round['runs'] = {}
    const pending: string[] = []
    for (const loadShape of testBed.loadShapes) {
      runs[loadShape] = await oneRun(testBed, arm, { name, round, loadShape })
      // What one load has left behind is no load of the next.
      pending.push(...(await waitForQuiescence(arm.db, quiescenceMsMax)))
    }
    const findings = [...pending, ...(await auditShop(arm.db))]
    const title = `transaction=${shape} under JMeter, round ${round + 1}`
    return { runs, audit: audited(title, findings, [designUnder(shape)]) }
  } finally {
    await arm.close()
  }
}

async function oneRun(
  { session, seed, quick }: SourceTestBed,
  arm: RunningArm,
  { name, round, loadShape }: { name: string; round: number; loadShape: LoadShape },
): Promise<ShapeRun> {
  const keyPrefix = `${name}-${loadShape}`
  const folder = session.dataPath(`plan-${keyPrefix}`)
  await mkdir(folder, { recursive: true })
  const before = await deadlocksOf(arm.db)
  const samples = await runJMeter(session, folder, {
    port: Number(new URL(arm.api.url).port),
    shape: loadShape,
    threads,
    seconds: quick ? 4 : 9,
    seed: seed + round,
    users: arm.users,
    keyPrefix,
  })
  return { ...samples, deadlocks: (await deadlocksOf(arm.db)) - before }
}

const medianOf = (runs: readonly ShapeRun[], figureOf: (run: ShapeRun) => number) =>
  median(runs.map(figureOf))

/** Every load shape beside the others; medians of the rounds. */
function shapesTable(tables: readonly Table[]): DocumentNode {
  const columns = [
    ...textColumns('load shape', 'design'),
    ...figureColumns('right answers/s', 'failed', 'p99', 'deadlocks'),
  ]
  const lines = tables.flatMap(({ loadShape, runs }) =>
    shapes.map((shape) => {
      const of = (figureOf: (run: ShapeRun) => number) => medianOf(runs[shape], figureOf)
      return [
        ...[loadShape, titles[shape], amount(of(({ perSecond }) => perSecond))],
        `${amount(of(({ failed, samples }) => (100 * failed) / samples))} %`,
        ...[duration(of(({ p99Ms }) => p99Ms)), amount(of(({ deadlocks }) => deadlocks))],
      ]
    }),
  )
  return table(columns, lines)
}

const paints = { 'one-big': 'before', 'per-item': 'after' } as const

/** Right answers in each second of the first round. */
function rateChart({ loadShape, runs }: Table): LineChart {
  const drawn = shapes.map((shape) => ({ shape, values: runs[shape][0]?.bySecond ?? [] }))
  const length = Math.max(1, ...drawn.map(({ values }) => values.length))
  const most = Math.max(1, ...drawn.flatMap(({ values }) => values))
  return {
    id: `jmeter-${loadShape}`,
    title: `Right answers per second under JMeter, ${loadShape}`,
    role: null,
    kind: 'count',
    summary: drawn
      .map(({ shape, values }) => `${titles[shape]}: ${Math.max(0, ...values)}/s at most`)
      .join(', '),
    xUnit: 's',
    x: Array.from({ length }, (_, second) => second),
    lines: drawn.map(({ shape, values }) => ({
      label: titles[shape],
      paint: paints[shape],
      look: 'solid',
      values: Array.from({ length }, (_, second) => values[second] ?? null),
    })),
    xMax: length,
    yRange: [0, most * 1.08],
    crowdSeconds: null,
    spans: [],
    target: null,
  }
}
