import { median } from 'simple-statistics'
import { amount, interval, times } from '../../judge/format.ts'
import { lostLine } from '../../run/pieces.ts'
import type { Audited, Outcome } from '../reproduction.ts'
import { isSurprise } from '../shape.ts'
import { type Format, type Line, linesOf, type ReproduceReport } from './result.ts'

/** A figure with the digits that a run can carry. */
export const figure = (value: number) => amount(value >= 100 ? Math.round(value) : value)

const format: Format = {
  figure,
  spread: (values) =>
    `${figure(median([...values]))} (${figure(Math.min(...values))} to ` +
    `${figure(Math.max(...values))})`,
  factor: times,
  interval,
}

/** The lines of one source's table, in words. */
export const tableOf = (outcome: Outcome, seed: number): Line[] => linesOf(outcome, seed, format)

export const columns = [
  'figure',
  'design',
  'there',
  'here: median (range)',
  'better by',
  'better by, here (95 %)',
  'verdict',
]

export const cellsOf = (line: Line): string[] => [
  line.what,
  `${line.design}: ${line.option}`,
  line.theirs,
  line.ours,
  line.factorThere,
  line.factorHere,
  line.verdict,
]

/** What the audit of a design says, and whether that was to be expected. */
export function auditLine(audited: Audited): string {
  const { design, findings, isKnownBad } = audited
  const [first] = findings
  const found = first === undefined ? 'the data is right' : `${findings.length} wrong: ${first}`
  const known = isKnownBad ? ', as is known of it' : ''
  const surprise = isKnownBad ? ' (known to break: it did not this time)' : ' (must not be)'
  return `${design}: ${found}${isSurprise(audited) ? surprise : known}`
}

/** Notes of the rows and what else was seen. */
export const remarksOf = ({ rows, seen }: Outcome): string[] => [
  ...rows.flatMap(({ note }) => note ?? []),
  ...seen,
]

/** What was not measured and with what the rest was, a line each. */
export function rigLines({ versions, seed, quick, startedAt, lost }: ReproduceReport): string[] {
  const settings = Object.entries(versions.databaseSettings).map(
    ([name, value]) => `${name}=${value}`,
  )
  return [
    ...lost.map(lostLine),
    `Stampede ${versions.stampede}, commit ${versions.gitCommit}, Bun ${versions.bun}`,
    `${versions.database} (${settings.join(', ')}), Redis ${versions.redis}`,
    `${versions.machine}, ${versions.cores} cores, ${versions.memoryGiB} GiB, fsync ` +
      `${versions.fsyncMicros} µs`,
    `seed ${seed}${quick ? ', quick: fewer and shorter rounds, shapes only' : ''}, ${startedAt}`,
    ...versions.notExercised.map((what) => `not exercised: ${what}`),
  ]
}

export const howToRead = [
  'The verdict is on the shape: which design wins. Factors depend on machine, data and load.',
  'Each round measures all designs of a row in turn, each round in the other direction; the ' +
    'factor is the median over rounds with a 95 % bootstrap interval. An interval that spans 1 ' +
    'is no difference.',
  'A count of nought is taken as one in a factor: it is a bound.',
]
