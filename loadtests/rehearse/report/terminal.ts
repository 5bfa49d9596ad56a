import Table from 'cli-table3'
import pc from 'picocolors'
import type { CheckResult, Report } from '../result.ts'
import { checkRowsOf, checkText, comparisonOf, hasThinP99, type Row } from './rows.ts'
import { crowdWords, headline, repeatCommand, tight, VERDICT_WORDS } from './words.ts'

export interface TerminalOptions {
  /** Whether escape codes may be written; false leaves plain text that reads the same. */
  colour: boolean
  /** Columns to wrap sentences at; tables keep their own width, about 90. */
  columns: number
}

type Paint = ReturnType<typeof pc.createColors>

/** Lines only where they help: under the head. All ASCII, so that any pager and log shows it. */
const LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** The report for a terminal or a pipe, with a final newline. */
export function renderTerminal(report: Report, { colour, columns }: TerminalOptions): string {
  const paint = pc.createColors(colour)
  const width = Math.max(60, Math.min(columns, 100))
  const parts = [
    verdictLines(report, paint, width),
    comparisonTable(report, paint),
    checksTable(report, paint),
    footer(report, paint, width),
  ]
  return `\n${parts.join('\n\n')}\n`
}

function verdictLines(report: Report, paint: Paint, width: number): string {
  const { sign, word } = VERDICT_WORDS[report.verdict]
  const badge = paintVerdict(paint, report.verdict)(paint.bold(`${sign} ${word.toUpperCase()}`))
  const crowd = `${crowdWords(report)}, seed ${report.seed}`
  return [
    `${badge}  ${paint.dim(crowd)}`,
    ...wrap(headline(report), width).map((line) => paint.bold(line)),
    '',
    ...[...report.claims, ...report.reasons].flatMap((text) => wrap(text, width - 2, '- ', '  ')),
  ].join('\n')
}

function comparisonTable(report: Report, paint: Paint): string {
  const arms = Object.keys(report.arms)
  const ratioHead = report.ratios ? ['ratio (95 %)'] : []
  const table = plainTable(['', ...arms, ...ratioHead], arms.length, paint)
  for (const { title, rows } of comparisonOf(report)) {
    table.push([paint.dim(title), ...arms.map(() => ''), ...ratioHead.map(() => '')])
    for (const row of rows) table.push(cellsOf(row, ratioHead.length > 0, paint))
  }
  const note = hasThinP99(report) ? '\n* from fewer than 1,000 checkouts: indicative only' : ''
  return `${trimmed(table.toString())}${note}`
}

function checksTable(report: Report, paint: Paint): string {
  const arms = Object.keys(report.arms)
  const table = plainTable(['check', ...arms], 0, paint)
  for (const { name, cells } of checkRowsOf(report)) {
    table.push([name, ...cells.map((cell) => paintCheck(paint, cell)(checkText(cell)))])
  }
  return trimmed(table.toString())
}

function footer(report: Report, paint: Paint, width: number): string {
  const { versions, generator, noiseFloor } = report
  const noise = noiseFloor ? `noise floor ${Math.round(noiseFloor.goodput * 100)} %` : ''
  const facts = [
    `generator ${Math.round(generator.cpuPercent)} % of a core`,
    `${generator.droppedPercent.toFixed(2)} % dropped`,
    noise,
    versions.database,
    `fsync ${versions.fsyncMicros} µs`,
    `${versions.cores} cores`,
  ].filter((fact) => fact !== '')
  return [
    ...wrap(facts.join(', '), width).map((line) => paint.dim(line)),
    ...wrap(`Again: ${repeatCommand(report.plan)}`, width, '', '  ').map((line) => paint.dim(line)),
  ].join('\n')
}

function plainTable(head: string[], figureColumns: number, paint: Paint): Table.Table {
  return new Table({
    head: head.map((text) => paint.bold(text)),
    chars: LINES,
    // Colours of cli-table3 are off: picocolors decides once for the whole report.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1, compact: true },
    colAligns: head.map((_, index) => (index > 0 && index <= figureColumns ? 'right' : 'left')),
  })
}

function cellsOf({ label, cells, ratio }: Row, withRatio: boolean, paint: Paint): string[] {
  return [`  ${label}`, ...cells, ...(withRatio ? [paint.bold(ratio)] : [])]
}

function paintVerdict(paint: Paint, verdict: Report['verdict']): (text: string) => string {
  if (verdict === 'as-expected') return paint.green
  return verdict === 'invariant-broken' ? paint.red : paint.yellow
}

function paintCheck(paint: Paint, check: CheckResult | undefined): (text: string) => string {
  if (check?.verdict === 'true') return paint.green
  return check?.verdict === 'false' ? paint.red : paint.yellow
}

function wrap(text: string, width: number, first = '', rest = first): string[] {
  return Bun.wrapAnsi(tight(text), width, { hard: false, trim: true })
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line, index) => `${index === 0 ? first : rest}${line}`)
}

const trimmed = (text: string) => text.replaceAll(/[ \t]+$/gm, '')
