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
import { arrivalsWords, asSentence } from '../report/words.ts'
import type { ArmSpec } from '../run/result.ts'
import type { ArmCapacity, CapacityResult } from './result.ts'
import type { Outcome } from './search.ts'
import type { Trial } from './verdict.ts'

/** The report of a search: what each arm holds, and every block that it rests on. */
export function capacityDocument(result: CapacityResult): ReportDocument {
  const { scenario, durationSeconds, seed, driver, versions, arms } = result
  const length = `${durationSeconds} s a block${arrivalsWords(result)}`
  return {
    title: `Capacity under ${scenario}, ${length}, ${driver}, seed ${seed}`,
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

/** `97 (88 to 108)`, or `at least 70`. */
const rateWords = ({ rate, low, high }: ArmCapacity) =>
  high === null ? `at least ${rate}` : `${rate} (${low} to ${high})`

const headlineOf = (capacity: ArmCapacity) =>
  capacity.rate === 0
    ? `${nameOf(capacity.arm)} holds no rate that was tried`
    : `${nameOf(capacity.arm)} holds ${rateWords(capacity)} journeys/s`

function rateBars(arms: readonly ArmCapacity[]): DocumentNode {
  const bars = arms.map((capacity, index) => ({
    name: nameOf(capacity.arm),
    role: roleOf(index, arms.length),
    value: capacity.rate,
    text: rateWords(capacity),
  }))
  return { kind: 'bars', cards: [{ title: 'Rate held in half of the blocks, journeys/s', bars }] }
}

const capacityTable = (arms: readonly ArmCapacity[]): DocumentNode =>
  table(
    [
      ...textColumns('arm'),
      ...figureColumns('holds/s', '95 % interval', 'paid/s', 'p99', 'blocks'),
      ...textColumns('note'),
    ],
    arms.map(cellsOf),
  )

function cellsOf(capacity: ArmCapacity): string[] {
  const { arm, rate, low, high, goodputPerSecond, p99Ms, trials } = capacity
  return [
    nameOf(arm),
    rate === 0 ? 'none tried' : `${high === null ? 'at least ' : ''}${rate}`,
    high === null ? '' : `${low} to ${high}`,
    goodputPerSecond === null ? '' : amount(goodputPerSecond),
    p99Ms === null ? '' : `${amount(p99Ms)} ms`,
    String(trials.length),
    noteOf(capacity),
  ]
}

function noteOf({ trials, rate, held, isAtLeast, isComplete }: ArmCapacity) {
  const beyond = trials.filter((trial) => trial.outcome !== 'held' && trial.rate >= rate)
  const [nearest] = beyond.toSorted((one, other) => one.rate - other.rate)
  const remarks = [
    ...(nearest ? [`at ${nearest.rate}: ${nearest.reasons.join(', ')}`] : []),
    ...(isAtLeast ? ['not the arm’s own limit'] : []),
    ...(held > 0 && held < rate ? [`paid/s and p99 are those at ${held}`] : []),
    ...(isComplete ? [] : ['the search ended before both sides of the border were met twice']),
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
  `A block is held if the p99 of a checkout is at most ${amount(target.p99MsMax)} ms, at least ` +
    `${target.servedPercentMin} % were answered correctly, and the audit is green.`,
  'The rate is the one that half of the blocks hold, with its 95 % interval: a logistic fit in ' +
    'the logarithm of the rate through every block, held or not. Arms with intervals that ' +
    'overlap may be level.',
  'Generator and shop share the cores: elsewhere an arm may hold more.',
]
