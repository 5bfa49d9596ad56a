import { amount, duration, percent, times, timeWords } from '../judge/format.ts'
import {
  type BarCard,
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
import { objectiveWords, onSameDatabase, shellWord } from '../report/repeat-command.ts'
import {
  closingSections,
  environmentFacts,
  environmentLine,
  environmentSections,
} from '../report/sections.ts'
import { arrivalsWords, asSentence } from '../report/words.ts'
import { bankLatencyMsUsual } from '../run/arm-processes.ts'
import { curvesOf } from './curves.ts'
import type { ArmCapacity, BankCapacity, CapacityResult } from './result.ts'
import type { Trial } from './verdict.ts'
import { nameOf, outcomeWords, rateWords, ratioWords } from './words.ts'

/** The report of a search: what each arm holds, its curves, and every block that it rests on. */
export function capacityDocument(result: CapacityResult): ReportDocument {
  const { scenario, durationSeconds, seed, driver, versions, banks } = result
  const arms = banks[0]?.arms ?? []
  const length = `${durationSeconds} s a block${arrivalsWords(result)}`
  return {
    title: `Capacity under ${scenario}, ${length}, ${driver}, seed ${seed}`,
    verdict: result.verdict,
    headline: asSentence(`${headlineOf(banks)}.`),
    startedAt: result.startedAt,
    version: versions.stampede,
    body: [
      { kind: 'bars', cards: banks.map(rateCard) },
      capacityTable(banks),
      notes(banks.flatMap(remarksOf)),
      ...banks.map((bank, index) => curvesOf(bank, index === 0)),
      environmentLine(versions, []),
      ...banks.flatMap(blocksSections),
      ...closingSections(
        onSameDatabase(repeatCommand(result), versions),
        readingOf(result),
        result.verdict,
      ),
      ...environmentSections(versions, [arms.map(designFact), environmentFacts(versions)]),
    ],
  }
}

const bankWords = ({ bankLatencyMs }: BankCapacity) => `a bank of ${duration(bankLatencyMs)}`

const designFact = ({ arm }: ArmCapacity): [string, string] => [
  `${nameOf(arm)} is`,
  arm.design.replaceAll(',', ', '),
]

/** `last ÷ first`, where there are two arms or more. */
function comparedIn({ arms }: BankCapacity): { words: string; last: ArmCapacity } | null {
  const [first, last] = [arms[0], arms.at(-1)]
  if (!first || !last || first === last) return null
  return { words: `${nameOf(last.arm)} ÷ ${nameOf(first.arm)}`, last }
}

function headlineOf(banks: readonly BankCapacity[]): string {
  const [bank] = banks
  if (!bank) return 'nothing was searched'
  const compared = comparedIn(bank)
  if (banks.length === 1 || !compared) {
    const each = banks.map(({ arms }) => arms.map(holdsWords).join(', ')).join('; ')
    return compared ? `${each}: ${compared.words} ${ratioWords(compared.last.overFirst)}` : each
  }
  const ratios = banks.map(({ bankLatencyMs, arms }, index) => {
    const ratio = ratioWords(arms.at(-1)?.overFirst ?? null)
    return `${ratio} at ${index === 0 ? 'a bank of ' : ''}${duration(bankLatencyMs)}`
  })
  return `capacity, ${compared.words}: ${ratios.join(', ')}`
}

const holdsWords = (capacity: ArmCapacity) =>
  capacity.rate === 0
    ? `${nameOf(capacity.arm)} holds no rate that was tried`
    : `${nameOf(capacity.arm)} holds ${rateWords(capacity)} journeys/s`

function rateCard(bank: BankCapacity): BarCard {
  const compared = comparedIn(bank)
  const { arms } = bank
  return {
    title: `Capacity with ${bankWords(bank)}, journeys/s`,
    ...(compared?.last.overFirst
      ? {
          result: {
            figure: times(compared.last.overFirst.value),
            meaning: `${compared.words}: ${ratioWords(compared.last.overFirst)}`,
          },
        }
      : {}),
    bars: arms.map((capacity, index) => ({
      name: nameOf(capacity.arm),
      role: roleOf(index, arms.length),
      value: capacity.rate,
      text: rateWords(capacity),
    })),
  }
}

function capacityTable(banks: readonly BankCapacity[]): DocumentNode {
  const first = banks[0]?.arms[0]
  return {
    kind: 'table',
    columns: [
      ...textColumns('arm'),
      ...figureColumns('holds/s, 95 % interval', `÷ ${first ? nameOf(first.arm) : ''}`),
      ...figureColumns('paid/s', 'p99', 'blocks'),
    ],
    groups: banks.map((bank) => ({
      ...(banks.length > 1 ? { title: `with ${bankWords(bank)}` } : {}),
      rows: bank.arms.map((arm) => ({ cells: cellsOf(bank, arm) })),
    })),
  }
}

/** Figures of what was paid are those at the highest rate held. */
function cellsOf({ arms }: BankCapacity, capacity: ArmCapacity): string[] {
  const { arm, goodputPerSecond, p99Ms, trials, overFirst } = capacity
  return [
    nameOf(arm),
    rateWords(capacity),
    capacity === arms[0] ? '' : ratioWords(overFirst),
    goodputPerSecond === null ? '' : amount(goodputPerSecond),
    p99Ms === null ? '' : duration(p99Ms),
    String(trials.length),
  ]
}

/** What stopped an arm, and what its figures leave open. */
function remarksOf(bank: BankCapacity): string[] {
  return bank.arms.map(({ arm, trials, rate, isAtLeast, isComplete }) => {
    const beyond = trials.filter((trial) => trial.outcome !== 'held' && trial.rate >= rate)
    const [nearest] = beyond.toSorted((one, other) => one.rate - other.rate)
    const remarks = [
      nearest
        ? `${outcomeWords[nearest.outcome]} at ${nearest.rate}/s: ${nearest.reasons.join(', ')}`
        : 'held all that was tried',
      ...(isAtLeast ? ['not the arm’s own limit'] : []),
      ...(isComplete ? [] : ['the search ended before both sides of the border were met twice']),
    ]
    return `${nameOf(arm)} with ${bankWords(bank)} ${remarks.join('; ')}`
  })
}

function blocksSections(bank: BankCapacity): DocumentNode[] {
  const columns = [
    ...textColumns('journeys/s', 'outcome'),
    ...figureColumns('served', 'paid/s', 'p99'),
    ...textColumns('why not'),
  ]
  return bank.arms.map(({ arm, trials }) => {
    const title = `Every block of ${nameOf(arm)} with ${bankWords(bank)}`
    const blocks = section(title, [table(columns, trials.map(trialCells))])
    return onlyIn(['markdown', 'html'], blocks)
  })
}

const trialCells = (trial: Trial): string[] => [
  String(trial.rate),
  outcomeWords[trial.outcome],
  percent(trial.servedPercent),
  amount(trial.goodputPerSecond),
  trial.p99 === null ? '' : timeWords(trial.p99),
  trial.reasons.join(', '),
]

function repeatCommand(result: CapacityResult) {
  const { scenario, arrivals, banks, bounds, durationSeconds, seed, driver, objective, quick } =
    result
  const arms = banks[0]?.arms.map(({ arm }) => nameOf(arm)) ?? []
  return [
    `./stampede capacity --arms ${shellWord(arms.join(','))}`,
    `--bank-latency ${banks.map(({ bankLatencyMs }) => bankLatencyMs).join(',')}`,
    `--scenario ${scenario} --from ${bounds.rateFrom} --max ${bounds.rateMax}`,
    `--blocks ${bounds.blocksMax} --duration ${durationSeconds}s --seed ${seed}`,
    `--arrivals ${arrivals} --driver ${driver}`,
    ...objectiveWords(objective),
    ...(quick ? ['--quick'] : []),
  ].join(' ')
}

const readingOf = ({ objective }: CapacityResult) => [
  `A block is held if at least ${objective.servedPercentMin} % of all that came were answered ` +
    `rightly, the p99 of the checkout is at most ${duration(objective.p99MsMax)} and from ` +
    `arrival to end ${duration(objective.sojournMsMax)}, no work is left 10 s after the last ` +
    'arrival, the crowd was sent on time, and the audit is green.',
  `Those times are for a bank of ${bankLatencyMsUsual} ms. What another bank takes more is added ` +
    'to them, and what it takes less is taken off: customers wait for it whatever the shop does.',
  'The capacity is the rate that half of the blocks hold, with its 95 % interval: a logistic fit ' +
    'in the logarithm of the rate through every block, held or not. The ratio of two capacities ' +
    'has its interval from both fits.',
  'paid/s and p99 are those of the highest rate up to the capacity of which a block was held.',
  'Generator and shop share the cores: elsewhere an arm may hold more.',
]
