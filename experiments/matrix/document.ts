import { amount, duration, percent } from '../judge/format.ts'
import {
  type DocumentNode,
  figureColumns,
  findings,
  onlyIn,
  type ReportDocument,
  section,
  type Text,
  table,
  textColumns,
} from '../report/document.ts'
import { onSameDatabase } from '../report/repeat-command.ts'
import {
  closingSections,
  environmentFacts,
  environmentLine,
  environmentSections,
} from '../report/sections.ts'
import { lostLine } from '../run/pieces.ts'
import { type DesignName, designs } from './promises.ts'
import type { JudgedCell, JudgedRow, MatrixResult } from './result.ts'
import { verbs } from './verbs.ts'

/** The report: a table for each design, what broke, and the figures of every cell. */
export function matrixDocument(result: MatrixResult, command: string): ReportDocument {
  const { rows, lost, versions } = result
  const cells = rows.flatMap((row) => row.cells)
  const kept = cells.filter(({ isBroken, doubt }) => !isBroken && doubt === undefined)
  return {
    title: 'What each fault makes of what users do',
    verdict: result.verdict,
    headline: `${kept.length} of ${cells.length} cells are no worse than promised.`,
    startedAt: result.startedAt,
    version: versions.stampede,
    body: [
      ...designs.flatMap((design) => mapOf(design, rows)),
      findings([...rows.flatMap(sentencesOf), ...lost.map(lostLine)]),
      environmentLine(versions, []),
      onlyIn(['markdown', 'html'], section('Every cell', [table(figures, rows.flatMap(lines))])),
      ...closingSections(onSameDatabase(command, versions), reading, result.verdict),
      ...environmentSections(versions, [environmentFacts(versions)]),
    ],
  }
}

function mapOf(design: DesignName, rows: readonly JudgedRow[]): DocumentNode[] {
  const own = rows.filter((row) => row.design === design)
  if (own.length === 0) return []
  const columns = textColumns('fault', ...verbs)
  return [
    section(design, [
      table(
        columns,
        own.map(({ fault, cells }) => [fault, ...cells.map(toned)]),
      ),
    ]),
  ]
}

function toned(cell: JudgedCell): Text {
  const { kind, doubt, isBroken, recovered } = cell
  if (isBroken) return { text: `${kind} ✗`, tone: 'bad' }
  if (doubt !== undefined) return { text: `${kind} ?`, tone: 'doubt' }
  const text = recovered ? kind : `${kind}, still`
  return kind === 'works' && recovered ? { text, tone: 'good' } : text
}

function sentencesOf({ design, fault, cells, findings }: JudgedRow): string[] {
  const broken = cells.flatMap(({ verb, kind, promised, isBroken, doubt }) => [
    ...(isBroken
      ? [`${design}, ${fault}: ${verb}: ${kind}, promised was ${promised} at worst`]
      : []),
    ...(doubt === undefined ? [] : [`${design}, ${fault}: ${verb} says nothing: ${doubt}`]),
  ])
  return [...broken, ...findings.map((finding) => `${design}, ${fault}: ${finding}`)]
}

const figures = [
  ...textColumns('design', 'fault', 'verb', 'is', 'at worst'),
  ...figureColumns('bites', 'refused', 'failed', 'median before', 'during'),
  ...textColumns('served again'),
]

const lines = ({ design, fault, injected, cells }: JudgedRow): string[][] =>
  cells.map(({ verb, kind, promised, refusedPercent, failedPercent, ...cell }) => [
    ...[design, fault, verb, kind, promised, amount(injected)],
    ...[percent(refusedPercent), percent(failedPercent)],
    ...[cell.beforeMs, cell.duringMs].map((ms) => (ms === null ? '' : duration(ms))),
    cell.recovered ? 'yes' : 'no',
  ])

const reading = [
  'works: served as before. slower: the median is half as long again, and 30 ms more. degraded: ' +
    'taken in, without its outcome. refused: with an answer that says that nothing was done. ' +
    'fails: without one. Each counts from one request in ten on.',
  '✗ is worse than promised in experiments/matrix/promises.ts; ? says nothing, for the reason ' +
    'below the tables; "still" was not served as before in the last seconds after the fault.',
  'wrong data: the audit of the shop was not green, or what was acknowledged is not there.',
]
