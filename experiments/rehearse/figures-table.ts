import { amount, duration, interval, percent, spreadWords, timeWords } from '../judge/format.ts'
import { P99_SAMPLES_MIN } from '../judge/summarize.ts'
import { type DocumentNode, paragraph, roleOf, strong, textColumns } from '../report/document.ts'
import type { ArmReport, OfferedTimes } from '../run/result.ts'
import type { RehearsalReport } from './result.ts'

type Figure = 'goodput' | 'p99' | 'sojourn'
type Line = [label: string, of: (arm: ArmReport) => string, ratio?: Figure]

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
      ['refused wrongly, by the audit', (arm) => amount(arm.outcomes.refusedWrongly)],
      ['failed', (arm) => amount(arm.outcomes.failed)],
      ['unknown', (arm) => amount(arm.outcomes.unknown)],
      ['attempts per intent', (arm) => arm.attemptsPerIntent.toFixed(2)],
    ],
  ],
  [
    'Checkout time of all that came',
    [
      ['p50', ({ checkoutMs }) => offeredTime(checkoutMs, 'p50')],
      ['p95', ({ checkoutMs }) => offeredTime(checkoutMs, 'p95')],
      ['p99', ({ checkoutMs }) => offeredTime(checkoutMs, 'p99'), 'p99'],
      ['of the served alone, p50', (arm) => servedTime(arm, 'p50')],
      ['of the served alone, p99', (arm) => servedTime(arm, 'p99')],
      ['of the served alone, max', (arm) => servedTime(arm, 'max')],
      ['served checkouts', (arm) => amount(arm.latencyMs?.samples ?? 0)],
    ],
  ],
  [
    'From arrival to the end, all that came',
    [
      ['p50', ({ sojournMs }) => offeredTime(sojournMs, 'p50')],
      ['p95', ({ sojournMs }) => offeredTime(sojournMs, 'p95')],
      ['p99', ({ sojournMs }) => offeredTime(sojournMs, 'p99'), 'sojourn'],
    ],
  ],
  [
    'Contention',
    [
      ['deadlocks', (arm) => amount(arm.deadlocks)],
      ['lock waits', (arm) => amount(arm.lockWaits)],
      ['waits for a connection', (arm) => amount(arm.poolWaits)],
      ['work left when the crowd had gone', (arm) => arm.workLeft.join('\n') || 'none'],
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
  const ratioCell = (figure: Figure | undefined) => {
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

const servedTime = ({ latencyMs }: ArmReport, share: 'p50' | 'p99' | 'max') =>
  latencyMs ? duration(latencyMs[share]) : 'none'

function offeredTime(times: OfferedTimes | null, share: 'p50' | 'p95' | 'p99'): string {
  if (!times) return 'none'
  const thin = share === 'p99' && times.samples < P99_SAMPLES_MIN ? ' *' : ''
  return `${timeWords(times[share])}${thin}`
}

/** Whether the p99 rests on too few samples to be more than indicative. */
const isThin = ({ checkoutMs }: ArmReport) => (checkoutMs?.samples ?? 0) < P99_SAMPLES_MIN

function quiescence({ quietAfterMs }: ArmReport): string {
  return quietAfterMs === null ? 'never' : duration(quietAfterMs)
}
