import packageJson from '../../package.json' with { type: 'json' }
import {
  figureColumns,
  findings,
  notes,
  type ReportDocument,
  section,
  table,
  textColumns,
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
      table(columns, figures.map(cellsOf)),
      findings(lost.map(lostLine)),
      ...(explained.length > 0 ? [section('What the figures are', [notes(explained)])] : []),
    ],
  }
}

const columns = [
  ...textColumns('figure'),
  ...figureColumns('median', '95 % interval', 'floor', 'aim'),
  ...textColumns('', 'unit'),
]

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
