import { resolve } from 'node:path'
import type { BoardEntry } from '../../dashboards/board.ts'
import { boards } from '../../dashboards/boards.ts'
import { type Axis, axes, axisNames } from '../../server/designs/axes.ts'
import type { AxisEntry } from '../../server/designs/axis.ts'
import { knownMetrics } from './catalogue.ts'
import { code, page, table } from './markdown.ts'

const root = resolve(import.meta.dir, '../..')

/** Table of an axis: its options, which of them is when, and what is known to go wrong. */
export function optionsTable(name: Axis): string {
  const { before, after, lines, hazards = {} } = axes[name] as AxisEntry<unknown, string>
  const rows = Object.entries<string>(lines).map(([option, line]) => {
    const role = option === before ? 'before' : option === after ? 'after' : ''
    return [code(option), role, line, hazards[option] ?? '']
  })
  return table(['option', 'preset', 'what it does', 'known to go wrong'], rows)
}

/** What one axis is about: its options with the header of their files, its metrics and boards. */
async function axisPage(name: Axis): Promise<string> {
  const { question, lines } = axes[name]
  const options = await Promise.all(Object.keys(lines).map((option) => optionPart(name, option)))
  const own = boards.filter((board) => isAbout(board, name))
  return page(
    name,
    question,
    optionsTable(name),
    `\`./stampede compare ${name}=${Object.keys(lines).join(',')}\` runs them side by side.`,
    ...options.flat(),
    ...(own.length > 0 ? metricsParts(own) : []),
  )
}

async function optionPart(axis: Axis, option: string): Promise<string[]> {
  const path = `server/designs/${axis}/${option}.ts`
  const text = await Bun.file(resolve(root, path)).text()
  return [`## ${option}`, headerOf(text, path), `[${path}](../../../${path})`]
}

/**
 * The comment over what a file of an option exports.
 * @throws Error where it does not say which race the option closes or leaves open
 */
export function headerOf(text: string, path: string): string {
  const [, comment = ''] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const /.exec(text) ?? []
  const paragraphs = comment
    .replaceAll(/^ ?\* ?/gm, '')
    .split('\n\n')
    .map((paragraph) => paragraph.replaceAll('\n', ' ').trim())
  if (!/\b(closes|leaves open): /i.test(comment)) {
    throw new Error(`${path}: the header says neither what it closes nor what it leaves open`)
  }
  return paragraphs.map(asList).join('\n\n')
}

/** `in: … · out: … · closes: … · leaves open: …`, each on a line of its own. */
function asList(paragraph: string): string {
  const [text = '', ...parts] = paragraph.split(/(?:^|(?: ·)? )(in|out|closes|leaves open): /i)
  const items = parts.flatMap((part, index) =>
    index % 2 === 0 ? [`- **${part.toLowerCase()}** ${parts[index + 1]}`] : [],
  )
  return [text, items.join('\n')].filter((part) => part !== '').join('\n\n')
}

/** A board that shows which option of the axis is in force is about the axis. */
const isAbout = (board: BoardEntry, axis: Axis): boolean =>
  expressionsOf(board).some((expression) => expression.includes(`axis="${axis}"`))

const panelsOf = ({ rows }: BoardEntry) =>
  rows.flatMap(({ panels }) => panels.filter((panel) => panel.kind !== 'text'))

const expressionsOf = (board: BoardEntry): string[] =>
  panelsOf(board).flatMap(({ queries }) => queries.map(({ expr }) => expr))

function metricsParts(own: readonly BoardEntry[]): string[] {
  const expressions = own.flatMap(expressionsOf)
  const shown = Object.entries(knownMetrics).filter(
    ([name]) => name.startsWith('stampede_') && expressions.some((text) => text.includes(name)),
  )
  const titles = own.map(({ title, uid }) => `*${title}* (\`/console/${uid}\`)`)
  return [
    '## Metrics and panels',
    `On the board ${titles.join(' and ')}: ` +
      `${own.flatMap((board) => panelsOf(board).map(({ title }) => title)).join(' · ')}.`,
    table(
      ['metric', 'what it counts'],
      shown.map(([name, { help }]) => [code(name), help]),
    ),
  ]
}

/** A page for each axis, by its path below docs/reference. */
export const axisPages: Record<string, () => Promise<string>> = Object.fromEntries(
  axisNames.map((name) => [`axes/${name}`, () => axisPage(name)]),
)
