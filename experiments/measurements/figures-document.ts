import packageJson from '../../package.json' with { type: 'json' }
import {
  type DocumentNode,
  findings,
  notes,
  type ReportDocument,
  section,
} from '../report/document.ts'
import { type LostPiece, lostLine } from '../run/pieces.ts'
import type { RunVerdict } from '../run/result.ts'
import { type Figure, reaches } from './measurement.ts'

/** What a run of `./stampede bench` found. */
export interface BenchResult {
  figures: Figure[]
  lost: LostPiece[]
}

/** Untrusted if a benchmark did not run to its end, else whether every floor is reached. */
export function benchVerdict({ figures, lost }: BenchResult): RunVerdict {
  if (lost.length > 0) return 'untrusted'
  return figures.every(reaches) ? 'as-expected' : 'target-missed'
}

/** The figures beside their floors. */
export function figuresDocument(result: BenchResult, startedAt: Date): ReportDocument {
  const { figures, lost } = result
  const reached = figures.filter(reaches).length
  const explained = figures.flatMap(({ name, note }) => (note ? [`${name}: ${note}`] : []))
  return {
    title: 'Benchmarks',
    verdict: benchVerdict(result),
    headline: `${reached} of ${figures.length} figures reach their floors.`,
    startedAt: startedAt.toISOString(),
    version: packageJson.version,
    body: [
      table(figures),
      ...(lost.length > 0 ? [findings(lost.map(lostLine))] : []),
      ...(explained.length > 0 ? [section('What the figures are', [notes(explained)])] : []),
    ],
  }
}

const table = (figures: readonly Figure[]): DocumentNode => ({
  kind: 'table',
  columns: [
    { title: 'figure' },
    ...['median', '95 % interval', 'floor', 'aim'].map((title) => ({ title, isFigure: true })),
    { title: '' },
    { title: 'unit' },
  ],
  groups: [{ rows: figures.map((figure) => ({ cells: cellsOf(figure) })) }],
})

function cellsOf(figure: Figure) {
  const { name, value, low, high, floor, aim, better, unit } = figure
  const sign = better === 'higher' ? '≥' : '≤'
  const [median, from, to, bound] = [value, low, high, floor].map((number) => number.toFixed(2))
  const verdict = reaches(figure)
    ? { text: 'reached', tone: 'good' as const }
    : { text: 'MISSED', tone: 'bad' as const }
  const goal = aim === undefined ? '' : `${sign} ${aim}`
  return [name, `${median}`, `${from} to ${to}`, `${sign} ${bound}`, goal, verdict, unit]
}
