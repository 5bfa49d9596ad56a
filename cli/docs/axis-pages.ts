import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { BoardEntry } from '../../dashboards/board.ts'
import { boards } from '../../dashboards/boards.ts'
import { type Engine, engineTitles } from '../../server/db/engine.ts'
import { type Axis, axes, axisNames, presetsOf, recordsOf } from '../../server/designs/axes.ts'
import type { KnownFailure, Option } from '../../server/designs/option.ts'
import { knownMetrics } from './catalogue.ts'
import { code, page, table } from './markdown.ts'

const root = resolve(import.meta.dir, '../..')

/** Table of an axis: its options, which of them is when, and what is known to go wrong. */
export function optionsTable(name: Axis): string {
  const rows = Object.entries(recordsOf(name)).map(([option, record]) => {
    const { summary, hazard, engine } = record
    const known = [engine && onlyOn(engine), hazard].filter(Boolean).join('; ')
    return [code(option), presetsOf(name, option).join(', '), summary, known]
  })
  return table(['option', 'preset', 'what it does', 'known to go wrong'], rows)
}

/** What one axis is about: its options and what each closes, its metrics and boards. */
function axisPage(name: Axis): string {
  const { question, in: taken, out } = axes[name]
  const options = Object.entries(recordsOf(name))
  const own = boards.filter((board) => isAbout(board, name))
  const names = options.map(([option]) => option).join(',')
  return page(
    name,
    question,
    optionsTable(name),
    ...(taken ? ['Unless an option says otherwise:', ...itemsOf({ in: taken, out })] : []),
    `\`./stampede compare ${name}=${names}\` runs them side by side.`,
    ...options.flatMap(([option, record]) => [
      `## ${option}`,
      ...recordParts(record),
      sourceLink(name, option),
    ]),
    ...(own.length > 0 ? metricsParts(own) : []),
  )
}

const onlyOn = (engine: Engine) => `runs on ${engineTitles[engine]} only`

const needsOf = ({ engine, needsLockServers }: Omit<Option<object>, 'open'>) =>
  needsLockServers
    ? 'an odd number of lock servers, named by `REDLOCK_URLS`: without them it is refused'
    : engine && `${engineTitles[engine]}: the other is refused`

const whenWords: Record<KnownFailure['when'], string> = {
  always: 'in any busy sale',
  'at-a-crash': 'after a kill -9 in the middle of a sale',
  'at-a-rollback': 'where a transaction is rolled back after the bank or a partner has acted',
}

/** How an option works, what goes in and comes out, and which race it closes or leaves open. */
export function recordParts(record: Omit<Option<object>, 'open'>): string[] {
  const { doc, closes, leavesOpen, knownBad, stalenessMs, notes = [] } = record
  const breaks = knownBad && `${knownBad.checks.map(code).join(', ')}: ${whenWords[knownBad.when]}`
  const age = stalenessMs && `at most ${stalenessMs / 1000} s, which \`reads-fresh\` checks`
  const items = itemsOf({
    ...{ in: record.in, out: record.out, closes },
    ...{ needs: needsOf(record) },
    ...(record.idsInOrder ? { promises: 'that a later id is larger, in all processes' } : {}),
    ...{
      'leaves open': leavesOpen,
      'in a Redis that throws keys out': record.whenEvicted,
      'is known to break': breaks,
      'has no rolled-back shadow': record.commitsAlone,
    },
    ...{ 'is stale by': age || undefined },
  })
  return [...(doc ? [doc] : []), ...items, ...notes]
}

/** One list of what is known, or none where nothing is. */
function itemsOf(items: Record<string, string | undefined>): string[] {
  const known = Object.entries(items).filter(([, text]) => text)
  return known.length > 0 ? [known.map(([name, text]) => `- **${name}** ${text}`).join('\n')] : []
}

/** A file of the option's name, or a folder with it where the option has several. */
function sourceLink(axis: Axis, option: string): string {
  const folder = `server/designs/${axis}`
  const isFile = existsSync(resolve(root, folder, `${option}.ts`))
  const path = isFile ? `${folder}/${option}.ts` : `${folder}/${option}/${option}.ts`
  return `[${path}](../../../${path})`
}

/** A board that shows which option of the axis is in force is about the axis. */
const isAbout = (board: BoardEntry, axis: Axis): boolean =>
  expressionsOf(board).some(
    (expression) =>
      expression.includes(`axis="${axis}"`) || expression.includes(`axis=~"${axis}[.]`),
  )

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
  axisNames.map((name) => [`axes/${name}`, async () => axisPage(name)]),
)
