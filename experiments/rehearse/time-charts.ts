import { amount, duration } from '../judge/format.ts'
import { blocksOf } from '../judge/summarize.ts'
import { type Timeline, timelineOf } from '../judge/timeline.ts'
import { type LineCharts, roleOf } from '../report/document.ts'
import type { ChartLine, LineChart, Role } from '../report/line-chart.ts'
import type { Block, Objective } from '../run/result.ts'
import type { RehearsalReport } from './result.ts'

export interface ArmTimeline {
  arm: string
  role: Role
  timeline: Timeline
}

/** Every arm over time, from the raw blocks. */
export function armTimelinesOf(
  report: Pick<RehearsalReport, 'arms'>,
  blocks: readonly Block[],
): ArmTimeline[] {
  const names = Object.keys(report.arms)
  return names.map((arm, index) => ({
    arm,
    role: roleOf(index, names.length),
    timeline: timelineOf(blocksOf(arm, blocks)),
  }))
}

/** Rows of charts; in a row every arm has the same scales, to be compared by eye. */
export function timeChartsOf(arms: readonly ArmTimeline[], objective: Objective): LineCharts[] {
  const xMax = Math.max(1, ...arms.map(({ timeline }) => timeline.seconds.length))
  const counted = (id: string, linesOf: (timeline: Timeline) => ChartLine[]): LineChart[] => {
    const tallest = Math.max(1, ...arms.flatMap(({ timeline }) => linesOf(timeline).map(peakOf)))
    return arms.map((arm) => ({
      ...frame(id, arm, xMax, linesOf(arm.timeline)),
      kind: 'count',
      yRange: [0, tallest * 1.08],
      target: null,
    }))
  }
  const rows: LineCharts[] = [
    {
      kind: 'line-charts',
      title: 'Arrivals and paid orders, per second',
      explanation:
        'The grey shape is the crowd. What a design leaves of it uncovered is lost trade.',
      charts: counted('orders', ({ offered, paid }) => [
        { label: 'arrived', paint: 'crowd', look: 'area', values: offered },
        { label: 'paid', paint: 'arm', look: 'solid', values: paid },
      ]),
    },
    {
      kind: 'line-charts',
      title: 'Failed and unknown journeys, per second',
      explanation: 'By the second in which they ended, so a failure shows later than its cause.',
      charts: counted('failures', ({ failed, unknown }) => [
        { label: 'failed', paint: 'failed', look: 'solid', values: failed },
        { label: 'unknown', paint: 'unknown', look: 'dashed', values: unknown },
      ]),
    },
    ...(arms.some(({ timeline }) => timeline.waiting.some((one) => one !== null))
      ? lockCharts(counted)
      : []),
    {
      kind: 'line-charts',
      title: 'Checkout time of the served, by when they arrived',
      explanation: 'Logarithmic. A gap is a second whose customers were not served at all.',
      charts: latencyCharts(arms, xMax, {
        id: 'latency',
        targetMs: objective.p99MsMax,
        linesOf: ({ p50, p99 }) => [p50, p99],
      }),
    },
    {
      kind: 'line-charts',
      title: 'From arrival to the end, all that came, by when they arrived',
      explanation:
        'Logarithmic. A line has a gap where the second’s p50 or p99 was not answered rightly.',
      charts: latencyCharts(arms, xMax, {
        id: 'sojourn',
        targetMs: objective.sojournMsMax,
        linesOf: ({ sojournP50, sojournP99 }) => [sojournP50, sojournP99],
      }),
    },
  ]
  // Arm names may hold anything, and of three arms two have one role.
  return rows.map((row) => ({
    ...row,
    charts: row.charts.map((chart, index) => ({ ...chart, id: `${chart.id}-${index}` })),
  }))
}

type Counted = (id: string, linesOf: (timeline: Timeline) => ChartLine[]) => LineChart[]

const lockCharts = (counted: Counted): LineCharts[] => [
  {
    kind: 'line-charts',
    title: 'Transactions that wait for a row lock',
    explanation: 'The most that two looks a second at InnoDB’s transactions have seen.',
    charts: counted('lock-waits', ({ waiting }) => [
      { label: 'waiting', paint: 'arm', look: 'solid', values: waiting },
    ]),
  },
  {
    kind: 'line-charts',
    title: 'Rows that are locked',
    explanation: 'By all transactions together. Where it grows, locks are kept longer than taken.',
    charts: counted('rows-locked', ({ rowsLocked }) => [
      { label: 'locked', paint: 'arm', look: 'solid', values: rowsLocked },
    ]),
  },
]

interface Percentiles {
  id: 'latency' | 'sojourn'
  targetMs: number
  linesOf(timeline: Timeline): [p50: (number | null)[], p99: (number | null)[]]
}

function latencyCharts(
  arms: readonly ArmTimeline[],
  xMax: number,
  { id, targetMs, linesOf }: Percentiles,
): LineChart[] {
  const all = arms.flatMap(({ timeline }) => linesOf(timeline).flat()).filter((ms) => ms !== null)
  const positive = [...all.filter((ms) => ms > 0), targetMs]
  const yRange: LineChart['yRange'] = [Math.min(...positive) * 0.7, Math.max(...positive) * 1.6]
  return arms.map((arm) => {
    const [p50, p99] = linesOf(arm.timeline)
    return {
      ...frame(id, arm, xMax, [
        { label: 'p50', paint: 'arm', look: 'solid', values: drawable(p50) },
        { label: 'p99', paint: 'arm', look: 'dashed', values: drawable(p99) },
      ]),
      kind: 'latency',
      yRange,
      target: { value: targetMs, label: `p99 target ${duration(targetMs)}` },
    }
  })
}

function frame(id: string, { arm, role, timeline }: ArmTimeline, xMax: number, lines: ChartLine[]) {
  // After the last journey there are no more orders, but no checkout times either.
  const nothing = isTime(id) ? null : 0
  return {
    id,
    title: arm,
    role,
    summary: summaryOf(id, lines),
    xUnit: 's' as const,
    x: Array.from({ length: xMax }, (_, second) => second),
    lines: lines.map((line) => ({ ...line, values: padded(line.values, xMax, nothing) })),
    xMax,
    crowdSeconds: timeline.crowdSeconds,
    spans: timeline.faults.map(({ name, fromSeconds, toSeconds }) => ({
      ...{ name, from: fromSeconds, to: toSeconds, paint: 'fault' as const },
    })),
  }
}

const isTime = (id: string) => id === 'latency' || id === 'sojourn'

function summaryOf(id: string, lines: ChartLine[]): string {
  const peaks = lines.map((line) => {
    const peak = peakOf(line)
    if (peak === 0) return `${line.label} none`
    return `${line.label} up to ${isTime(id) ? duration(peak) : amount(peak)}`
  })
  return peaks.join(', ')
}

const peakOf = ({ values }: ChartLine): number =>
  values.reduce<number>((peak, value) => Math.max(peak, value ?? 0), 0)

/** A logarithmic scale has no zero. */
const drawable = (values: (number | null)[]) =>
  values.map((value) => (value === null ? null : Math.max(value, 0.1)))

const padded = (values: (number | null)[], length: number, nothing: 0 | null) =>
  Array.from({ length }, (_, second) => values[second] ?? nothing)
