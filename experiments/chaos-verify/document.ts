import packageJson from '../../package.json' with { type: 'json' }
import { amount } from '../judge/format.ts'
import {
  figureColumns,
  findings,
  type ReportDocument,
  type Text,
  table,
  textColumns,
} from '../report/document.ts'
import { environmentLine } from '../report/sections.ts'
import { type LostPiece, lostLine } from '../run/pieces.ts'
import type { Environment, RunVerdict } from '../run/result.ts'
import { type Bite, flawsOf } from './measure.ts'

/** What `./stampede chaos verify` found. */
export interface ChaosProof {
  versions: Environment
  bites: Bite[]
  lost: LostPiece[]
}

/** A fault that bites otherwise than asked misses its target; one never seen shows nothing. */
export function chaosVerdict({ bites, lost }: Pick<ChaosProof, 'bites' | 'lost'>): RunVerdict {
  if (bites.some((bite) => flawsOf(bite).length > 0)) return 'target-missed'
  return lost.length > 0 ? 'untrusted' : 'as-expected'
}

export function chaosDocument(result: ChaosProof, startedAt: Date): ReportDocument {
  const { bites, lost, versions } = result
  const good = bites.filter((bite) => flawsOf(bite).length === 0)
  const doubts = bites.flatMap((bite) => flawsOf(bite).map((flaw) => `${bite.fault} ${flaw}`))
  return {
    title: 'Faults: what was asked for, and what was measured',
    verdict: chaosVerdict(result),
    headline: `${good.length} of ${bites.length + lost.length} faults bite as asked, and leave.`,
    startedAt: startedAt.toISOString(),
    version: packageJson.version,
    body: [
      table(columns, bites.map(cellsOf)),
      findings([...doubts, ...lost.map(lostLine)]),
      environmentLine(versions, []),
    ],
  }
}

const columns = [
  ...textColumns('fault', 'what is measured'),
  ...figureColumns('asked', 'measured', 'pairs', 'took hold', 'reset', 'bites after'),
  ...textColumns(''),
]

function cellsOf(bite: Bite): Text[] {
  const { fault, measures, unit, asked, measured, pairs, tookHoldMs, resetMs } = bite
  const isGood = flawsOf(bite).length === 0
  return [
    ...[fault, measures, `${amount(asked)} ${unit}`, `${amount(measured)} ${unit}`, `${pairs}`],
    ...[`${amount(tookHoldMs)} ms`, `${amount(resetMs)} ms`],
    `${bite.injectedAfter + bite.bittenAfter}`,
    isGood ? { text: '✓', tone: 'good' } : { text: '✗', tone: 'bad' },
  ]
}
