import { amount, duration } from '../judge/format.ts'
import { type LineCharts, roleOf } from '../report/document.ts'
import type { ChartLine, LineChart, Role } from '../report/line-chart.ts'
import type { ArmCapacity, BankCapacity, CurvePoint } from './result.ts'
import { nameOf, rateWords } from './words.ts'

/** Goodput and p99 of every arm against the rate of arrivals. */
export function curvesOf(
  { bankLatencyMs, objective, arms }: BankCapacity,
  isExplained = true,
): LineCharts {
  const x = [0, ...new Set(arms.flatMap(({ curve }) => curve.map((one) => one.offeredPerSecond)))]
  const rates = x.sort((a, b) => a - b)
  const linesOf = (figure: (point: CurvePoint) => number | null, atZero: number | null) =>
    arms.map((arm, index) => lineOf(arm, roleOf(index, arms.length), rates, { figure, atZero }))
  const goodput = linesOf(({ goodputPerSecond }) => goodputPerSecond, 0)
  const p99 = linesOf(({ p99 }) => (p99 === null ? null : Math.max(p99.ms, 0.1)), null)
  const times = [...p99.flatMap(({ values }) => values.filter((ms) => ms !== null))]
  const limitMs = objective.p99MsMax
  const shared = {
    role: null,
    ...{ xUnit: '/s' as const, x: rates, xMax: Math.max(1, ...rates) * 1.03 },
    crowdSeconds: null,
  }
  const charts: LineChart[] = [
    {
      ...shared,
      ...{ id: `goodput-${bankLatencyMs}`, kind: 'count', title: 'Goodput, paid per second' },
      summary: summaryOf(goodput, amount),
      lines: [{ label: 'offered', paint: 'crowd', look: 'dashed', values: rates }, ...goodput],
      yRange: [0, Math.max(1, ...goodput.map(peakOf)) * 1.15],
      spans: arms.flatMap((arm, index) => spanOf(arm, roleOf(index, arms.length))),
      target: null,
    },
    {
      ...shared,
      ...{ id: `p99-${bankLatencyMs}`, kind: 'latency', title: 'p99 of the checkout' },
      summary: summaryOf(p99, duration),
      lines: p99,
      yRange: [Math.min(limitMs, ...times) * 0.7, Math.max(limitMs, ...times) * 1.6],
      spans: [],
      target: { value: limitMs, label: `objective ${duration(limitMs)}` },
    },
  ]
  return {
    kind: 'line-charts',
    title: `Against the journeys offered per second, with a bank of ${duration(bankLatencyMs)}`,
    explanation: isExplained ? explanation : '',
    charts,
  }
}

const explanation =
  'Shaded: the interval of each capacity. Goodput stays a little below what is offered, since ' +
  'some leave by plan. The p99 is over all that came; where it fell among those who were not ' +
  'served, the longest wait that was seen.'

function lineOf(
  { arm, curve }: ArmCapacity,
  paint: Role,
  rates: readonly number[],
  { figure, atZero }: { figure(point: CurvePoint): number | null; atZero: number | null },
): ChartLine {
  const points = new Map(curve.map((point) => [point.offeredPerSecond, figure(point)]))
  points.set(0, atZero)
  const values = rates.map((rate) => points.get(rate) ?? null)
  return { label: nameOf(arm), paint, look: 'solid', values }
}

function spanOf(capacity: ArmCapacity, paint: Role): LineChart['spans'] {
  const { arm, low, high } = capacity
  if (high === null) return []
  return [{ name: `${nameOf(arm)} ${rateWords(capacity)}`, from: low, to: high, paint }]
}

const peakOf = ({ values }: ChartLine) => Math.max(0, ...values.map((value) => value ?? 0))

/** The highest value of each arm. */
const summaryOf = (lines: readonly ChartLine[], words: (value: number) => string) =>
  lines.map((line) => `${line.label} up to ${words(peakOf(line))}`).join(', ')
