import Table from 'cli-table3'
import { amount } from '../judge/format.ts'
import type { ArmCapacity, CapacityResult } from './result.ts'
import type { Trial } from './verdict.ts'

const head = ['arm', 'holds, journeys/s', 'interval', 'paid/s there', 'p99 there', 'blocks', 'note']

/** The result as a table for a terminal, with what it rests on. */
export function renderTerminal(result: CapacityResult): string {
  const table = new Table({ head, style: { head: [], border: [] }, wordWrap: true })
  for (const arm of result.arms) table.push(rowOf(arm))
  return [table.toString(), ...footOf(result)].join('\n')
}

/** The same as a page, with every block. */
export function renderMarkdown(result: CapacityResult): string {
  const rows = (lines: string[][]) => lines.map((cells) => `| ${cells.join(' | ')} |`)
  const blocks = result.arms.flatMap(({ arm, trials }) => [
    `## ${arm.asked ?? arm.name}`,
    '',
    ...rows([['journeys/s', 'held', 'served', 'p99', 'why not']]),
    '|---|---|---|---|---|',
    ...rows(trials.map(trialCells)),
    '',
  ])
  return [
    '# Capacity',
    '',
    ...rows([head]),
    `|${head.map(() => '---').join('|')}|`,
    ...rows(result.arms.map(rowOf)),
    '',
    ...footOf(result).flatMap((line) => [line, '']),
    ...blocks,
  ].join('\n')
}

function rowOf(capacity: ArmCapacity): string[] {
  const { arm, held, lost, isAtLeast, goodputPerSecond, p99Ms, trials } = capacity
  const atLeast = isAtLeast ? 'at least ' : ''
  return [
    arm.asked ?? arm.name,
    held === 0 ? 'none tried' : `${atLeast}${held}`,
    `[${held}, ${lost ?? '…'}]`,
    goodputPerSecond === null ? '' : amount(goodputPerSecond),
    p99Ms === null ? '' : `${amount(p99Ms)} ms`,
    String(trials.length),
    noteOf(capacity),
  ]
}

function noteOf({ trials, held, lost, isAtLeast, isConfirmed, isComplete, noise }: ArmCapacity) {
  const atBorder = trials.find(({ rate, outcome }) => rate === lost && outcome !== 'held')
  const parts = [
    ...(atBorder ? [`at ${lost}: ${atBorder.reasons.join(', ')}`] : []),
    ...(isAtLeast ? ['not the arm’s own end'] : []),
    ...(held > 0 && !isConfirmed ? ['not confirmed by a second run'] : []),
    ...(isComplete ? [] : ['the search ended early']),
    ...(noise === null ? [] : [`two runs at ${held}: p99 ${Math.round(noise * 100)} % apart`]),
  ]
  return parts.join('; ')
}

const trialCells = ({ rate, outcome, servedPercent, p99Ms, reasons }: Trial): string[] => [
  String(rate),
  outcome === 'held' ? 'yes' : outcome === 'lost' ? 'no' : 'unclear',
  `${servedPercent.toFixed(2)} %`,
  p99Ms === null ? '' : `${amount(p99Ms)} ms`,
  reasons.join(', '),
]

function footOf({ target, scenario, durationSeconds, seed, driver, versions }: CapacityResult) {
  const { p99MsMax, servedPercentMin } = target
  return [
    `Held = p99 of a checkout at most ${amount(p99MsMax)} ms, at least ${servedPercentMin} % ` +
      'answered rightly, the audit green; twice at the border. [highest held, lowest not held]',
    `${scenario}, ${durationSeconds} s a block, seed ${seed}, ${driver}; ${versions.database}, ` +
      `Redis ${versions.redis}, Bun ${versions.bun}, stampede ${versions.stampede} ` +
      `(${versions.gitCommit}), ${versions.cores} cores: ${versions.machine}`,
    'Generator and shop share the cores: elsewhere an arm may hold more. Two runs at one rate ' +
      'differ by the noise named above; arms nearer to each other than that are level.',
  ]
}
