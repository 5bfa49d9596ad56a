import type { CheckResult, Report } from '../run/result.ts'
import { checkRowsOf, checkText, comparisonOf, hasThinP99, type Row } from './rows.ts'
import {
  type Paint,
  paintOf,
  paintVerdict,
  plainTable,
  type TerminalOptions,
  trimmed,
  widthOf,
  wrap,
} from './terminal-text.ts'
import { crowdWords, headline, repeatCommand, VERDICT_WORDS } from './words.ts'

/** The report for a terminal or a pipe, with a final newline. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const [paint, width] = [paintOf(options), widthOf(options)]
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

function cellsOf({ label, cells, ratio }: Row, withRatio: boolean, paint: Paint): string[] {
  return [`  ${label}`, ...cells, ...(withRatio ? [paint.bold(ratio)] : [])]
}

function paintCheck(paint: Paint, check: CheckResult | undefined): (text: string) => string {
  if (check?.verdict === 'true') return paint.green
  return check?.verdict === 'false' ? paint.red : paint.yellow
}
