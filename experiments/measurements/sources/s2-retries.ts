import type { LineChart } from '../../report/line-chart.ts'
import { audited, type Reproduction, type Row } from '../measurement.ts'
import { partnerRush, type Rush, type RushArmName, rushArmNames } from '../partner-rush.ts'
import { inTurns } from '../turns.ts'

/** The source’s traffic at the issuer: three retries that each asked an empty pool again. */
const theirFactor = 3

export const s2Retries: Reproduction = async (testBed, advance) => {
  const wanted = testBed.quick ? 150 : 300
  const measure = (name: RushArmName) => partnerRush(testBed, name, wanted)
  const rushes = await inTurns(rushArmNames, testBed.quick ? 1 : 2, measure, advance)
  const row = (
    what: string,
    unit: Row['unit'],
    better: Row['better'],
    figure: (rush: Rush) => number,
  ): Row => ({
    what,
    unit,
    better,
    designs: rushArmNames.map((name) => {
      return { name, option: 'coupons=batched', theirs: null, ours: rushes[name].map(figure) }
    }),
  })
  return {
    rows: [
      row(
        'partner → gateway: requests for one that was needed',
        'requests',
        'lower',
        (rush) => rush.firstHop,
      ),
      row('gateway → issuer: tries for one request', 'requests', 'lower', (rush) => rush.secondHop),
      row('until every partner has its quantity', 's', 'lower', ({ seconds }) => seconds),
      row('goodput', 'coupons/s', 'higher', ({ couponsPerSecond }) => couponsPerSecond),
      row('a page of the shop meanwhile: 95 % within', 'ms', 'lower', ({ pageP95Ms }) => pageP95Ms),
    ],
    audits: rushArmNames.map((name) =>
      audited(
        name,
        rushes[name].flatMap(({ findings }) => findings),
      ),
    ),
    remarks: [
      `The source had ${theirFactor} times the traffic: its client tried three times more where ` +
        'the pool was empty, and its partners asked without end. Neither back-off nor a limit ' +
        'makes numbers: the first three arms end when the worker has made enough.',
    ],
    charts: [chartOf(rushes)],
  }
}

const paints = ['failed', 'before', 'unknown', 'after'] as const

/** Tries at the issuer, a line for each arm. */
function chartOf(rushes: Record<RushArmName, Rush[]>): LineChart {
  const lines = rushArmNames.map((name, index) => ({
    label: name,
    paint: paints[index] ?? 'after',
    look: 'solid' as const,
    values: rushes[name][0]?.triesBySecond ?? [],
  }))
  const length = Math.max(...lines.map(({ values }) => values.length))
  const tallest = Math.max(1, ...lines.flatMap(({ values }) => values))
  return {
    id: 'partner-rush',
    title: 'Tries at the issuer, per second',
    role: null,
    kind: 'count',
    summary: lines
      .map(({ label, values }) => `${label}: ${Math.max(0, ...values)} at most`)
      .join(', '),
    xUnit: 's',
    x: Array.from({ length }, (_, second) => second),
    lines: lines.map((line) => ({
      ...line,
      values: Array.from({ length }, (_, second) => line.values[second] ?? null),
    })),
    xMax: length,
    yRange: [0, tallest * 1.08],
    crowdSeconds: null,
    spans: [],
    target: null,
  }
}
