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
import { type Counted, flawsOfCount } from './count.ts'
import { type Bite, flawsOf } from './measure.ts'

/** What `./stampede chaos verify` found. */
export interface ChaosProof {
  versions: Environment
  /** Of faults whose bite has a size. */
  bites: Bite[]
  /** Of the others. */
  counted: Counted[]
  lost: LostPiece[]
}

/** A fault that bites otherwise than asked misses its target; one never seen shows nothing. */
export function chaosVerdict(result: Omit<ChaosProof, 'versions'>): RunVerdict {
  const { lost } = result
  if (doubtsOf(result).length > 0) return 'target-missed'
  return lost.length > 0 ? 'untrusted' : 'as-expected'
}

function doubtsOf({ bites, counted }: Pick<ChaosProof, 'bites' | 'counted'>): string[] {
  return [
    ...bites.flatMap((bite) => flawsOf(bite).map((flaw) => `${bite.fault} ${flaw}`)),
    ...counted.flatMap((one) => flawsOfCount(one).map((flaw) => `${one.fault} ${flaw}`)),
  ]
}

export function chaosDocument(result: ChaosProof, startedAt: Date): ReportDocument {
  const { bites, counted, lost, versions } = result
  const good = bites.filter((bite) => flawsOf(bite).length === 0).length
  const left = counted.filter((one) => flawsOfCount(one).length === 0).length
  const all = bites.length + counted.length + lost.length
  return {
    title: 'Faults: what was asked for, and what was measured',
    verdict: chaosVerdict(result),
    headline: `${good + left} of ${all} faults bite as asked, and leave.`,
    startedAt: startedAt.toISOString(),
    version: packageJson.version,
    body: [
      ...(bites.length > 0 ? [table(columns, bites.map(cellsOf))] : []),
      ...(counted.length > 0 ? [table(countColumns, counted.map(countCellsOf))] : []),
      findings([...doubtsOf(result), ...lost.map(lostLine)]),
      environmentLine(versions, []),
    ],
  }
}

const countColumns = [
  ...textColumns('fault without a size'),
  ...figureColumns('bites', 'first counted', 'reset', 'sold again', 'bites after'),
  ...textColumns(''),
]

function countCellsOf(one: Counted): Text[] {
  const { fault, bites, countedMs, resetMs, soldAgainMs, injectedAfter } = one
  const times = [countedMs, resetMs, soldAgainMs].map((ms) => `${amount(ms)} ms`)
  return [fault, `${bites}`, ...times, `${injectedAfter}`, markOf(flawsOfCount(one))]
}

const markOf = (flaws: readonly string[]): Text =>
  flaws.length === 0 ? { text: '✓', tone: 'good' } : { text: '✗', tone: 'bad' }

const columns = [
  ...textColumns('fault', 'what is measured'),
  ...figureColumns('asked', 'measured', 'pairs', 'took hold', 'reset', 'bites after'),
  ...textColumns(''),
]

function cellsOf(bite: Bite): Text[] {
  const { fault, measures, unit, asked, measured, pairs, tookHoldMs, resetMs } = bite
  return [
    ...[fault, measures, `${amount(asked)} ${unit}`, `${amount(measured)} ${unit}`, `${pairs}`],
    ...[`${amount(tookHoldMs)} ms`, `${amount(resetMs)} ms`],
    `${bite.injectedAfter + bite.bittenAfter}`,
    markOf(flawsOf(bite)),
  ]
}
