import {
  type Paint,
  paintOf,
  paintVerdict,
  plainTable,
  type TerminalOptions,
  trimmed,
  widthOf,
  wrap,
} from '../../report/terminal-text.ts'
import { VERDICT_WORDS } from '../../report/words.ts'
import { levelWords, sentencesOf } from '../report.ts'
import type { LadderReport, RungReport, StockReport } from '../result.ts'
import { figuresOf, type Grid, legend, stepsOf } from './rows.ts'
import { crowdWords, headline } from './words.ts'

/** The report for a terminal or a pipe, with a final newline. */
export function renderTerminal(report: LadderReport, options: TerminalOptions): string {
  const [paint, width] = [paintOf(options), widthOf(options)]
  const { sign, word } = VERDICT_WORDS[report.verdict]
  const badge = paintVerdict(paint, report.verdict)(paint.bold(`${sign} ${word.toUpperCase()}`))
  const left = report.leftOut.map(({ name, reason }) => `Left out: ${name}: ${reason}`)
  const head = [
    `${badge}  ${paint.dim(crowdWords(report))}`,
    ...wrap(headline(report), width).map((line) => paint.bold(line)),
    ...bullets([...report.reasons, ...left], width),
  ]
  const parts = [
    head.join('\n'),
    ...report.stocks.map((stock) => stockPart(stock, report.stocks.length > 1, paint, width)),
    paint.dim(legend),
    wrap(`Again: ${report.again}`, width, '', '  ').map(paint.dim).join('\n'),
  ]
  return `\n${parts.join('\n\n')}\n`
}

function stockPart(stock: StockReport, named: boolean, paint: Paint, width: number): string {
  const { claims, remarks } = sentencesOf(stock)
  return [
    ...(named ? [paint.bold(`With ${levelWords[stock.stock]}`)] : []),
    gridText(figuresOf(stock), 5, paint),
    gridText(stepsOf(stock), 0, paint),
    bullets([...claims, ...remarks], width).join('\n'),
  ].join('\n\n')
}

function gridText({ head, rows }: Grid, figures: number, paint: Paint): string {
  const table = plainTable(head, figures, paint)
  for (const { rung, cells } of rows) table.push(painted(rung, cells, paint))
  return trimmed(table.toString())
}

/** The last cell says of the figures table how the audit came out. */
function painted(rung: RungReport | null, cells: string[], paint: Paint): string[] {
  const last = cells.at(-1) ?? ''
  if (!rung || !/^[✓✗?] /.test(last)) return cells
  const colours = { green: paint.green, known: paint.yellow, red: paint.red, unknown: paint.yellow }
  return [...cells.slice(0, -1), colours[rung.audit](last)]
}

const bullets = (lines: string[], width: number) =>
  lines.flatMap((line) => wrap(line, width - 2, '- ', '  '))
