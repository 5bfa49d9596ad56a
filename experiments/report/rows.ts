import { amount, duration, interval, percent } from '../judge/format.ts'
import { P99_SAMPLES_MIN } from '../judge/summarize.ts'
import type { ArmReport, CheckResult, Report } from '../run/result.ts'

/** One line of the comparison: a label, a cell an arm, and the ratio where one may be claimed. */
export interface Row {
  label: string
  cells: string[]
  ratio: string
}

export interface RowGroup {
  title: string
  rows: Row[]
}

/** One checker over all arms; a cell is undefined where the checker did not run. */
export interface CheckRow {
  name: string
  cells: (CheckResult | undefined)[]
}

/** The comparison as every output shows it, in the order in which it should be read. */
export function comparisonOf(report: Report): RowGroup[] {
  const arms = Object.values(report.arms)
  const row = (label: string, of: (arm: ArmReport) => string, ratio = ''): Row => ({
    label,
    cells: arms.map(of),
    ratio,
  })
  const { goodput, p99 } = report.ratios ?? { goodput: null, p99: null }
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
        row('quiet after the last arrival', (arm) =>
          arm.quietAfterMs === null ? 'never' : duration(arm.quietAfterMs),
        ),
      ],
    },
  ]
}

/** All checkers of all arms, those that broke first. */
export function checkRowsOf(report: Report): CheckRow[] {
  const arms = Object.values(report.arms)
  const names = new Set(arms.flatMap((arm) => arm.checkers.map((check) => check.name)))
  const rows = [...names].map((name) => ({
    name,
    cells: arms.map((arm) => arm.checkers.find((check) => check.name === name)),
  }))
  const healthy = ({ cells }: CheckRow) => Number(cells.every((cell) => cell?.verdict === 'true'))
  return rows.sort((a, b) => healthy(a) - healthy(b))
}

/** Whether any arm's p99 rests on too few samples to be more than indicative. */
export function hasThinP99(report: Report): boolean {
  return Object.values(report.arms).some(
    (arm) => arm.latencyMs !== null && arm.latencyMs.samples < P99_SAMPLES_MIN,
  )
}

/** How a verdict is written in a cell: sign and word, so that colour is never the only signal. */
export function checkText(check: CheckResult | undefined): string {
  if (!check) return '? did not run'
  const counted = check.count > 0 ? ` (${amount(check.count)})` : ''
  if (check.verdict === 'true') return `✓ true${counted}`
  return check.verdict === 'false' ? `✗ broken${counted}` : '? unknown'
}

function paidPerSecond(arm: ArmReport): string {
  const red = arm.checkers.some((check) => check.verdict !== 'true')
  return `${amount(arm.goodputPerSecond)}${red ? ' (audit red)' : ''}`
}

type MakeRow = (label: string, of: (arm: ArmReport) => string, ratio?: string) => Row

function latencyRows(row: MakeRow, p99Ratio: string): Row[] {
  const at = (share: 'p50' | 'p95' | 'p99' | 'max') => (arm: ArmReport) => {
    if (!arm.latencyMs) return 'none'
    const thin = share === 'p99' && arm.latencyMs.samples < P99_SAMPLES_MIN
    return `${duration(arm.latencyMs[share])}${thin ? ' *' : ''}`
  }
  return [
    row('p50', at('p50')),
    row('p95', at('p95')),
    row('p99', at('p99'), p99Ratio),
    row('max', at('max')),
    row('checkouts measured', (arm) => amount(arm.latencyMs?.samples ?? 0)),
  ]
}
