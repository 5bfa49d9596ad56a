import { amount, duration, interval, percent, spreadWords } from '../judge/format.ts'
import { P99_SAMPLES_MIN } from '../judge/summarize.ts'
import { type DocumentNode, paragraph, roleOf, strong, textColumns } from '../report/document.ts'
import type { ArmReport } from '../run/result.ts'
import type { RehearsalReport } from './result.ts'

type Line = [label: string, of: (arm: ArmReport) => string, ratio?: 'goodput' | 'p99']

const groups: [title: string, lines: Line[]][] = [
  [
    'Crowd and goodput',
    [
      ['offered journeys', (arm) => amount(arm.offered)],
      ['dropped by the generator', (arm) => amount(arm.dropped)],
      ['goodput, paid per second', paidPerSecond, 'goodput'],
      ['served of offered', (arm) => percent(arm.servedPercent)],
    ],
  ],
  [
    'How journeys ended',
    [
      ['paid', (arm) => amount(arm.outcomes.paid)],
      ['sold out', (arm) => amount(arm.outcomes.soldOut)],
      ['left by choice', (arm) => amount(arm.outcomes.left)],
      ['failed', (arm) => amount(arm.outcomes.failed)],
      ['unknown', (arm) => amount(arm.outcomes.unknown)],
      ['attempts per intent', (arm) => arm.attemptsPerIntent.toFixed(2)],
    ],
  ],
  [
    'Checkout time of the served',
    [
      ['p50', (arm) => checkoutTime(arm, 'p50')],
      ['p95', (arm) => checkoutTime(arm, 'p95')],
      ['p99', (arm) => `${checkoutTime(arm, 'p99')}${isThin(arm) ? ' *' : ''}`, 'p99'],
      ['max', (arm) => checkoutTime(arm, 'max')],
      ['checkouts measured', (arm) => amount(arm.latencyMs?.samples ?? 0)],
    ],
  ],
  [
    'Contention',
    [
      ['deadlocks', (arm) => amount(arm.deadlocks)],
      ['lock waits', (arm) => amount(arm.lockWaits)],
      ['waits for a connection', (arm) => amount(arm.poolWaits)],
      ['quiescent after the last arrival', quiescence],
    ],
  ],
]

/** All arms side by side, figure by figure, with the ratios that may be claimed. */
export function figuresTable({ arms, ratios }: RehearsalReport): DocumentNode[] {
  const heads = Object.keys(arms).map((title, index, all) => ({
    title,
    isFigure: true,
    role: roleOf(index, all.length),
  }))
  const ratioCell = (figure: 'goodput' | 'p99' | undefined) => {
    const ratio = figure && ratios?.[figure]
    return strong(ratio ? interval(ratio) : '')
  }
  const rows = groups.map(([title, lines]) => ({
    title,
    rows: lines.map(([label, of, figure]) => ({
      cells: [label, ...Object.values(arms).map(of), ...(ratios ? [ratioCell(figure)] : [])],
    })),
  }))
  const ratioColumn = ratios
    ? [{ title: `ratio, ${spreadWords(ratios.goodput)}`, isFigure: true }]
    : []
  const columns = [...textColumns('figure'), ...heads, ...ratioColumn]
  return [
    { kind: 'table', columns, groups: rows },
    ...(Object.values(arms).some(isThin)
      ? [paragraph('* from fewer than 1,000 checkouts: indicative only.')]
      : []),
  ]
}

function paidPerSecond(arm: ArmReport): string {
  const isRed = arm.checkers.some((check) => check.verdict !== 'true')
  return `${amount(arm.goodputPerSecond)}${isRed ? ' (audit red)' : ''}`
}

const checkoutTime = ({ latencyMs }: ArmReport, share: 'p50' | 'p95' | 'p99' | 'max') =>
  latencyMs ? duration(latencyMs[share]) : 'none'

/** Whether the p99 rests on too few samples to be more than indicative. */
const isThin = ({ latencyMs }: ArmReport) =>
  latencyMs !== null && latencyMs.samples < P99_SAMPLES_MIN

function quiescence({ quietAfterMs }: ArmReport): string {
  return quietAfterMs === null ? 'never' : duration(quietAfterMs)
}
