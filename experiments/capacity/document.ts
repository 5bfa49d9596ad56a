import { amount } from '../judge/format.ts'
import {
  type DocumentNode,
  figureColumns,
  notes,
  onlyIn,
  type ReportDocument,
  roleOf,
  section,
  table,
  textColumns,
} from '../report/document.ts'
import { environmentFacts, environmentLine, environmentSections } from '../report/sections.ts'
import { asSentence } from '../report/words.ts'
import type { ArmSpec } from '../run/result.ts'
import type { ArmCapacity, CapacityResult } from './result.ts'
import type { Outcome } from './search.ts'
import type { Trial } from './verdict.ts'

/** The report of a search: what each arm holds, and every block that it rests on. */
export function capacityDocument(result: CapacityResult): ReportDocument {
  const { scenario, durationSeconds, seed, driver, versions, arms } = result
  return {
    title: `Capacity under ${scenario}, ${durationSeconds} s a block, ${driver}, seed ${seed}`,
    verdict: result.verdict,
    headline: asSentence(`${arms.map(headlineOf).join(', ')}.`),
    startedAt: result.startedAt,
    version: versions.stampede,
    body: [
      rateBars(arms),
      capacityTable(arms),
      notes(readingOf(result)),
      environmentLine(versions, []),
      ...arms.map(blocksSection),
      ...environmentSections(versions, [arms.map(designFact), environmentFacts(versions)]),
    ],
  }
}

/** How tables name an arm: as the command line did. */
export const nameOf = ({ asked, name }: ArmSpec) => asked ?? name

export const outcomeWords: Record<Outcome, string> = {
  held: 'held',
  lost: 'not held',
  unclear: 'unclear',
}

const designFact = ({ arm }: ArmCapacity): [string, string] => [
  `${nameOf(arm)} is`,
  arm.design.replaceAll(',', ', '),
]

const rateWords = ({ held, isAtLeast }: ArmCapacity) => `${isAtLeast ? 'at least ' : ''}${held}`

const headlineOf = (capacity: ArmCapacity) =>
  capacity.held === 0
    ? `${nameOf(capacity.arm)} holds no rate that was tried`
    : `${nameOf(capacity.arm)} holds ${rateWords(capacity)} journeys/s`

function rateBars(arms: readonly ArmCapacity[]): DocumentNode {
  const bars = arms.map((capacity, index) => ({
    name: nameOf(capacity.arm),
    role: roleOf(index, arms.length),
    value: capacity.held,
    text: rateWords(capacity),
  }))
  return { kind: 'bars', cards: [{ title: 'Highest rate held, journeys per second', bars }] }
}

const capacityTable = (arms: readonly ArmCapacity[]): DocumentNode =>
  table(
    [
      ...textColumns('arm'),
      ...figureColumns('holds/s', 'not held at', 'paid/s there', 'p99 there', 'blocks'),
      ...textColumns('note'),
    ],
    arms.map(cellsOf),
  )

function cellsOf(capacity: ArmCapacity): string[] {
  const { arm, held, lost, goodputPerSecond, p99Ms, trials } = capacity
  return [
    nameOf(arm),
    held === 0 ? 'none tried' : rateWords(capacity),
    lost === null ? 'none tried' : String(lost),
    goodputPerSecond === null ? '' : amount(goodputPerSecond),
    p99Ms === null ? '' : `${amount(p99Ms)} ms`,
    String(trials.length),
    noteOf(capacity),
  ]
}

function noteOf({ trials, held, lost, isAtLeast, isConfirmed, isComplete, noise }: ArmCapacity) {
  const atBorder = trials.find(({ rate, outcome }) => rate === lost && outcome !== 'held')
  const remarks = [
    ...(atBorder ? [`at ${lost}: ${atBorder.reasons.join(', ')}`] : []),
    ...(isAtLeast ? ['not the arm’s own limit'] : []),
    ...(held > 0 && !isConfirmed ? ['not confirmed by a second run'] : []),
    ...(isComplete ? [] : ['the search ended early']),
    ...(noise === null ? [] : [`two runs at ${held}: p99 ${Math.round(noise * 100)} % apart`]),
  ]
  return remarks.join('; ')
}

function blocksSection({ arm, trials }: ArmCapacity): DocumentNode {
  const columns = [
    ...textColumns('journeys/s', 'outcome'),
    ...figureColumns('served', 'p99'),
    ...textColumns('why not'),
  ]
  const blocks = section(`Every block of ${nameOf(arm)}`, [table(columns, trials.map(trialCells))])
  return onlyIn(['markdown', 'html'], blocks)
}

const trialCells = ({ rate, outcome, servedPercent, p99Ms, reasons }: Trial): string[] => [
  String(rate),
  outcomeWords[outcome],
  `${servedPercent.toFixed(2)} %`,
  p99Ms === null ? '' : `${amount(p99Ms)} ms`,
  reasons.join(', '),
]

const readingOf = ({ target }: CapacityResult) => [
  `Held = p99 of a checkout at most ${amount(target.p99MsMax)} ms, at least ` +
    `${target.servedPercentMin} % answered correctly, the audit green; twice at the border.`,
  'Generator and shop share the cores: elsewhere an arm may hold more. Two runs at one rate ' +
    'differ by the noise named above; arms nearer to each other than that are level.',
]
