import { amount, duration, interval, percent } from '../judge/format.ts'
import { P99_SAMPLES_MIN } from '../judge/summarize.ts'
import {
  type DocumentNode,
  paragraph,
  type Row,
  type RowGroup,
  roleOf,
  strong,
} from '../report/document.ts'
import type { ArmReport } from '../run/result.ts'
import type { RehearsalReport } from './result.ts'

/** All arms side by side, figure by figure, with the ratios that may be claimed. */
export function figuresTable(report: RehearsalReport): DocumentNode[] {
  const names = Object.keys(report.arms)
  const ratio = report.ratios ? [{ title: 'ratio (95 %)', isFigure: true }] : []
  return [
    {
      kind: 'table',
      columns: [
        { title: 'figure' },
        ...names.map((title, index) => ({
          title,
          isFigure: true,
          role: roleOf(index, names.length),
        })),
        ...ratio,
      ],
      groups: groupsOf(report),
    },
    ...(hasThinP99(report)
      ? [paragraph('* from fewer than 1,000 checkouts: indicative only.')]
      : []),
  ]
}

function groupsOf(report: RehearsalReport): RowGroup[] {
  const { goodput, p99 } = report.ratios ?? { goodput: null, p99: null }
  const row: MakeRow = (label, of, ratio = '') => ({
    cells: [
      label,
      ...Object.values(report.arms).map(of),
      ...(report.ratios ? [strong(ratio)] : []),
    ],
  })
  return [
    {
      title: 'Crowd and goodput',
      rows: [
        row('offered journeys', (arm) => amount(arm.offered)),
        row('dropped by the generator', (arm) => amount(arm.dropped)),
        row('goodput, paid per second', paidPerSecond, goodput ? interval(goodput) : ''),
        row('served of offered', (arm) => percent(arm.servedPercent)),
      ],
    },
    {
      title: 'How journeys ended',
      rows: [
        row('paid', (arm) => amount(arm.outcomes.paid)),
        row('sold out', (arm) => amount(arm.outcomes.soldOut)),
        row('left by choice', (arm) => amount(arm.outcomes.left)),
        row('failed', (arm) => amount(arm.outcomes.failed)),
        row('unknown', (arm) => amount(arm.outcomes.unknown)),
        row('attempts per intent', (arm) => arm.attemptsPerIntent.toFixed(2)),
      ],
    },
    { title: 'Checkout time of the served', rows: latencyRows(row, p99 ? interval(p99) : '') },
    {
      title: 'Contention',
      rows: [
        row('deadlocks', (arm) => amount(arm.deadlocks)),
        row('lock waits', (arm) => amount(arm.lockWaits)),
        row('waits for a connection', (arm) => amount(arm.poolWaits)),
        row('quiescent after the last arrival', (arm) =>
          arm.quietAfterMs === null ? 'never' : duration(arm.quietAfterMs),
        ),
      ],
    },
  ]
}

type MakeRow = (label: string, of: (arm: ArmReport) => string, ratio?: string) => Row

function latencyRows(row: MakeRow, p99Ratio: string): Row[] {
  const at = (share: 'p50' | 'p95' | 'p99' | 'max') => (arm: ArmReport) => {
    if (!arm.latencyMs) return 'none'
    return `${duration(arm.latencyMs[share])}${share === 'p99' && isThin(arm) ? ' *' : ''}`
  }
  return [
    row('p50', at('p50')),
    row('p95', at('p95')),
    row('p99', at('p99'), p99Ratio),
    row('max', at('max')),
    row('checkouts measured', (arm) => amount(arm.latencyMs?.samples ?? 0)),
  ]
}

/** Whether the p99 rests on too few samples to be more than indicative. */
const isThin = ({ latencyMs }: ArmReport) =>
  latencyMs !== null && latencyMs.samples < P99_SAMPLES_MIN

const hasThinP99 = ({ arms }: RehearsalReport) => Object.values(arms).some(isThin)

function paidPerSecond(arm: ArmReport): string {
  const isRed = arm.checkers.some((check) => check.verdict !== 'true')
  return `${amount(arm.goodputPerSecond)}${isRed ? ' (audit red)' : ''}`
}
