import Table from 'cli-table3'
import pc from 'picocolors'
import {
  type DocumentNode,
  plainOf,
  type ReportDocument,
  shownIn,
  type Table as TableNode,
  type Text,
  type Tone,
  toneOf,
} from './document.ts'
import { noBreakSpaces, verdictIn } from './words.ts'

export interface TerminalOptions {
  /** Whether escape codes may be written; false leaves plain text that reads the same. */
  colour: boolean
  /** Columns of the terminal; between 60 and 100 are used. */
  columns: number
}

/** What the standard output of this process can show. */
export const terminalOptions = (): TerminalOptions => ({
  colour: Boolean(process.stdout.isTTY) && !process.env.NO_COLOR,
  columns: process.stdout.columns || 100,
})

/** The report for a terminal or a pipe, with a final newline. */
export function renderTerminal(document: ReportDocument, options: TerminalOptions): string {
  const style = { paint: painter(options.colour), columns: clamp(options.columns) }
  const blocks = [headerText(document, style), ...nodeTexts(document.body, style)]
  return `\n${blocks.join('\n\n')}\n`
}

interface Style {
  paint: (text: string, tone: Tone | undefined) => string
  columns: number
}

const clamp = (columns: number) => Math.max(60, Math.min(columns, 100))

function painter(colour: boolean): Style['paint'] {
  const colours = pc.createColors(colour)
  const { bold, dim, green, red, yellow } = colours
  const paints = { good: green, bad: red, doubt: yellow, strong: bold, soft: dim }
  return (text, tone) => (tone === undefined || text === '' ? text : paints[tone](text))
}

function headerText(document: ReportDocument, { paint, columns }: Style): string {
  const { sign, word, tone } = verdictIn(document.verdict, document.language)
  const badge = paint(paint(`${sign} ${word.toUpperCase()}`, 'strong'), tone)
  const headline = wrap(document.headline, columns).map((line) => paint(line, 'strong'))
  const title = wrap(document.title, columns).map((line) => paint(line, 'soft'))
  return [badge, ...headline, ...title].join('\n')
}

function nodeTexts(nodes: readonly DocumentNode[], style: Style): string[] {
  return shownIn('terminal', nodes)
    .map((node) => nodeText(node, style))
    .filter((text) => text !== '')
}

function nodeText(node: DocumentNode, style: Style): string {
  const { paint, columns } = style
  switch (node.kind) {
    case 'section': {
      const texts = nodeTexts(node.nodes, style)
      return texts.length === 0 ? '' : `${paint(node.title, 'strong')}\n${texts.join('\n\n')}`
    }
    case 'paragraph':
      return toned(node.text, wrap(plainOf(node.text), columns), style)
    case 'list':
      return node.items
        .map((item) => toned(item, wrap(plainOf(item), columns, '- ', '  '), style))
        .join('\n')
    case 'facts':
      return node.columns
        .flat()
        .flatMap(([term, text]) => wrap(`${term}: ${text}`, columns, '', '  '))
        .join('\n')
    case 'table':
      return tableText(node, style)
    case 'code':
      return paint(node.text, 'soft')
    default:
      // Charts and what is folded: their figures stand in the tables.
      return ''
  }
}

const toned = (text: Text, lines: string[], { paint }: Style) =>
  lines.map((line) => paint(line, toneOf(text))).join('\n')

/** No lines: any pager and log shows it, and the columns are seen without them. */
const noBorders = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('left-mid', 'mid-mid', 'right-mid')
    .map((name) => [name, '']),
)

function tableText({ columns, groups }: TableNode, style: Style): string {
  const { paint } = style
  const isGrouped = groups.some(({ title }) => title !== undefined)
  const lines = groups.flatMap(({ title, rows }): Text[][] => [
    ...(title === undefined ? [] : [[{ text: title, tone: 'soft' as const }]]),
    ...rows.map(({ cells }) =>
      cells.map((cell, index) => (isGrouped && index === 0 ? indented(cell) : cell)),
    ),
  ])
  const table = new Table({
    head: columns.map(({ title }) => paint(title, 'strong')),
    chars: { ...noBorders, middle: '  ' },
    // picocolors decides about colour once for the whole report.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1, compact: true },
    colAligns: columns.map(({ isFigure }) => (isFigure ? 'right' : 'left')),
    colWidths: widthsOf(columns, lines, style.columns),
    wordWrap: true,
  })
  for (const line of lines) {
    const cells = columns.map((_, index) => line[index] ?? '')
    table.push(cells.map((cell) => paint(plainOf(cell), toneOf(cell))))
  }
  return table.toString().replaceAll(/[ \t]+$/gm, '')
}

const indented = (cell: Text): Text =>
  typeof cell === 'string' ? `  ${cell}` : { ...cell, text: `  ${cell.text}` }

/** A cell's padding and the gap to the next. */
const gap = 3
const textWidthMin = 12

/** Natural widths; where they exceed the terminal, texts are narrowed and wrap. */
function widthsOf(
  columns: TableNode['columns'],
  lines: readonly Text[][],
  available: number,
): number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(
      ...[title, ...lines.map((line) => plainOf(line[index] ?? ''))]
        .flatMap((text) => text.split('\n'))
        .map((text) => Bun.stringWidth(text)),
    ),
  )
  let excess = widths.reduce((sum, width) => sum + width + gap, -gap) - available
  while (excess > 0) {
    const texts = widths.map((width, index) => (columns[index]?.isFigure ? 0 : width))
    const widest = Math.max(...texts)
    if (widest <= textWidthMin) break
    const index = texts.indexOf(widest)
    widths[index] = widest - 1
    excess -= 1
  }
  return widths.map((width) => width + 1)
}

/** Lines of a sentence, the first and the others with a beginning of their own. */
function wrap(text: string, width: number, first = '', rest = first): string[] {
  return Bun.wrapAnsi(noBreakSpaces(text), width - rest.length, { hard: false, trim: true })
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line, index) => `${index === 0 ? first : rest}${line}`)
}
