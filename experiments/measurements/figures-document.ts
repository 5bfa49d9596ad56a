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
import { environmentLine } from '../report/sections.ts'
import { type LostPiece, lostLine } from '../run/pieces.ts'
import type { Environment, RunVerdict } from '../run/result.ts'
import { type Figure, type Standing, standingOf } from './measurement.ts'

/** What a run of `./stampede bench` found. */
export interface BenchResult {
  versions: Environment
  figures: Figure[]
  lost: LostPiece[]
}

/**
 * Whether every floor is reached. Untrusted if a benchmark did not run to its end, or if none is
 * missed and an interval lies across its floor.
 */
export function benchVerdict({ figures, lost }: Pick<BenchResult, 'figures' | 'lost'>): RunVerdict {
  if (lost.length > 0) return 'untrusted'
  const standings = figures.map(standingOf)
  if (standings.includes('missed')) return 'target-missed'
  return standings.includes('not decided') ? 'untrusted' : 'as-expected'
}

/** The figures beside their floors. */
export function figuresDocument(result: BenchResult, startedAt: Date): ReportDocument {
  const { figures, lost, versions } = result
  const count = (standing: Standing) =>
    figures.filter((figure) => standingOf(figure) === standing).length
  const others = (['missed', 'not decided'] as const).flatMap((standing) =>
    count(standing) > 0 ? `${count(standing)} ${standing}` : [],
  )
  const explained = figures.flatMap(({ name, note }) => (note ? [`${name}: ${note}`] : []))
  return {
    title: 'Benchmarks',
    verdict: benchVerdict(result),
    headline:
      `${count('reached')} of ${figures.length} figures reach their floors` +
      `${others.length > 0 ? `; ${others.join(', ')}` : ''}.`,
    startedAt: startedAt.toISOString(),
    version: packageJson.version,
    body: [
      table(columns, figures.map(cellsOf)),
      findings(lost.map(lostLine)),
      environmentLine(versions, []),
      ...(explained.length > 0 ? [section('What the figures are', [notes(explained)])] : []),
    ],
  }
}

const columns = [
  ...textColumns('name'),
  ...figureColumns('figure', 'interval', 'floor', 'aim'),
  ...textColumns('', 'unit'),
]

const standingWords = {
  reached: 'reached',
  missed: 'MISSED',
  'not decided': 'not decided',
} as const
const tones = { reached: 'good', missed: 'bad', 'not decided': 'doubt' } as const

function cellsOf(figure: Figure) {
  const { name, value, low, high, floor, aim, better, unit } = figure
  const sign = better === 'higher' ? '≥' : '≤'
  const [middle, from, to, bound] = [value, low, high, floor].map((number) => number.toFixed(2))
  const standing = standingOf(figure)
  const verdict = { text: standingWords[standing], tone: tones[standing] }
  const goal = aim === undefined ? '' : `${sign} ${aim}`
  return [name, `${middle}`, `${from} to ${to}`, `${sign} ${bound}`, goal, verdict, unit]
}
