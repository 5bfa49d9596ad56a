import {
  type DocumentNode,
  plainOf,
  type ReportDocument,
  type Row,
  shownIn,
  type Table,
  type Text,
  toneOf,
} from './document.ts'
import { verdictIn } from './words.ts'

/** The report as GitHub-flavoured Markdown. */
export function renderMarkdown(document: ReportDocument): string {
  const { sign, word } = verdictIn(document.verdict, document.language)
  const blocks = [
    `# ${escaped(document.title)}`,
    `**${sign} ${word}.** ${escaped(document.headline)}`,
    ...blocksOf(document.body, 2),
    `Started ${document.startedAt}, Stampede ${escaped(document.version)}.`,
  ]
  return `${blocks.join('\n\n')}\n`
}

function blocksOf(nodes: readonly DocumentNode[], level: number): string[] {
  return shownIn('markdown', nodes)
    .flatMap((node) => nodeBlocks(node, level))
    .filter((block) => block !== '')
}

function nodeBlocks(node: DocumentNode, level: number): string[] {
  switch (node.kind) {
    case 'section': {
      const blocks = blocksOf(node.nodes, level + 1)
      return blocks.length === 0 ? [] : [`${'#'.repeat(level)} ${escaped(node.title)}`, ...blocks]
    }
    case 'paragraph':
      return [textOf(node.text)]
    case 'list':
      return [list(node.items.map(textOf))]
    case 'facts':
      return [list(node.columns.flat().map(([term, text]) => `${escaped(term)}: ${escaped(text)}`))]
    case 'table':
      return [tableText(node), examplesOf(node)]
    case 'code':
      return [`\`\`\`sh\n${node.text}\n\`\`\``]
    default:
      // Charts and what is folded: their figures stand in the tables.
      return []
  }
}

function tableText({ columns, groups, notesTitle }: Table): string {
  const notesOf = (text: string) => (notesTitle === undefined ? [] : [text])
  const head = [
    ...columns.map(({ title }) => escaped(title)),
    ...notesOf(escaped(notesTitle ?? '')),
  ]
  const rule = [...columns.map(({ isFigure }) => (isFigure ? '---:' : '---')), ...notesOf('---')]
  const rows = groups.flatMap(({ title, rows }) => [
    ...(title === undefined ? [] : [head.map((_, n) => (n === 0 ? `**${escaped(title)}**` : ''))]),
    ...rows.map((row) => [...row.cells.map(textOf), ...notesOf(escaped(row.note ?? ''))]),
  ])
  return [head, rule, ...rows].map((cells) => `| ${cells.map(cellText).join(' | ')} |`).join('\n')
}

const cellText = (text: string) => text.replaceAll('|', '\\|')

const examplesOf = ({ groups }: Table): string =>
  list(groups.flatMap(({ rows }) => rows).flatMap(exampleLines))

const exampleLines = ({ cells, examples = [] }: Row) =>
  examples.map((example) => `${escaped(plainOf(cells[0] ?? ''))}: ${escaped(example)}`)

const list = (items: string[]) => items.map((item) => `- ${item}`).join('\n')

const textOf = (text: Text) => {
  const words = escaped(plainOf(text))
  return toneOf(text) === 'strong' && words !== '' ? `**${words}**` : words
}

/** Text of a run must not become mark-up or HTML in somebody's Markdown viewer. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ')
}
