import { nameOf } from '../capacity/words.ts'
import { amount, duration, percent } from '../judge/format.ts'
import { stretchMs } from '../judge/recovery.ts'
import {
  type DocumentNode,
  figureColumns,
  notes,
  onlyIn,
  type ReportDocument,
  section,
  type Text,
  table,
  textColumns,
} from '../report/document.ts'
import { onSameDatabase, shellWord } from '../report/repeat-command.ts'
import {
  closingSections,
  environmentFacts,
  environmentLine,
  environmentSections,
} from '../report/sections.ts'
import type { TippingRun } from './judge-run.ts'
import type { ArmMap, RateRow, TippingResult } from './result.ts'
import type { Cell } from './search.ts'
import { cellWords, faultText, outcomeWords, perSecond } from './words.ts'

/** The report: a map for each design, and every run that it rests on. */
export function tippingDocument(result: TippingResult): ReportDocument {
  const { fault, watchSeconds, seed, driver, versions, maps } = result
  return {
    title:
      `How long ${fault.name} may last, watched for ${watchSeconds} s after it, ` +
      `${driver}, seed ${seed}`,
    verdict: result.verdict,
    headline: maps.map(headlineOf).join(' '),
    startedAt: result.startedAt,
    version: versions.stampede,
    body: [
      ...maps.map((map) => mapSection(map, result)),
      notes(maps.flatMap(remarksOf)),
      environmentLine(versions, []),
      ...maps.map(runsSection),
      ...closingSections(
        onSameDatabase(repeatCommand(result), versions),
        readingOf(result),
        result.verdict,
      ),
      ...environmentSections(versions, [
        maps.map(({ arm }) => [`${nameOf(arm)} is`, arm.design.replaceAll(',', ', ')]),
        environmentFacts(versions),
      ]),
    ],
  }
}

/** `before stayed down after 4 s at 10/s.` */
function headlineOf({ arm, rows }: ArmMap): string {
  const name = nameOf(arm)
  const decided = rows.filter(({ isDecided }) => isDecided)
  if (decided.length === 0) return `Of ${name} nothing is known.`
  const downAt = decided.find((row) => firstDown(row) !== undefined)
  if (!downAt) return `${name} recovered from all that was tried, up to ${ratesOf(decided)}.`
  return `${name} did not recover from ${firstDown(downAt)} s of it at ${perSecond(downAt.rate)}.`
}

const ratesOf = (rows: readonly RateRow[]) => perSecond(Math.max(...rows.map(({ rate }) => rate)))

const firstDown = ({ cells }: RateRow) =>
  cells.find(({ state }) => state === 'stayed-down' || state === 'mixed')?.triggerSeconds

function mapSection({ arm, rows }: ArmMap, { triggers }: TippingResult): DocumentNode {
  const columns = [
    ...textColumns('journeys/s'),
    ...figureColumns(...triggers.map((seconds) => `${seconds} s`)),
  ]
  const lines = rows.map(({ rate, cells }) => [perSecond(rate), ...cells.map(toned)])
  return section(`Does ${nameOf(arm)} recover?`, [table(columns, lines)])
}

function toned(cell: Cell): Text {
  const text = cellWords(cell)
  if (cell.state === 'recovered') return { text, tone: 'good' }
  if (cell.state === 'stayed-down' || cell.state === 'mixed') return { text, tone: 'bad' }
  return { text, tone: 'soft' }
}

/** Of each rate that is not decided, why. */
function remarksOf({ arm, rows }: ArmMap): string[] {
  return rows.flatMap((row) => {
    if (row.isDecided) return []
    const at = `${nameOf(arm)} at ${perSecond(row.rate)}`
    const reasons = [...new Set(row.runs.flatMap((run) => run.reasons))]
    if (row.runs.length === 0) return [`${at} was not run: a lower rate could not say already.`]
    if (reasons.length === 0) return [`${at}: the time was over before the border was found.`]
    return [`${at}: ${reasons.join(' ')}`]
  })
}

function runsSection({ arm, rows }: ArmMap): DocumentNode {
  const columns = [
    ...textColumns('journeys/s'),
    ...figureColumns(
      'fault',
      'bites',
      'served before',
      'during',
      'tries during',
      'recovered after',
    ),
    ...textColumns('outcome'),
  ]
  const lines = rows.flatMap(({ runs }) => runs.map(cellsOfRun))
  const all = section(`Every run of ${nameOf(arm)}`, [table(columns, lines)])
  return onlyIn(['markdown', 'html'], all)
}

const known = (value: number | null, words: (value: number) => string) =>
  value === null ? '' : words(value)

const cellsOfRun = (run: TippingRun): string[] => [
  ...[perSecond(run.rate), `${run.triggerSeconds} s`, amount(run.injected)],
  ...[run.servedBeforePercent, run.servedDuringPercent].map((share) => known(share, percent)),
  known(run.attemptsDuring, amount),
  known(run.recoveredAfterMs, duration),
  [outcomeWords[run.outcome], ...run.reasons].join(': '),
]

function repeatCommand(result: TippingResult): string {
  const { maps, fault, triggers, rates, runsEach, watchSeconds, seed, driver } = result
  return [
    `./stampede tipping-point --arms ${shellWord(maps.map(({ arm }) => nameOf(arm)).join(','))}`,
    `--fault ${shellWord(faultText(fault))}`,
    `--triggers ${triggers.map((seconds) => `${seconds}s`).join(',')} --rates ${rates.join(',')}`,
    `--runs ${runsEach} --watch ${watchSeconds}s --seed ${seed} --driver ${driver}`,
  ].join(' ')
}

const readingOf = ({ watchSeconds, runsEach }: TippingResult) => [
  'Each column is how long the fault was on. "yes, 2 of 2": in two runs, each with another ' +
    `crowd, the design served as before within ${watchSeconds} s of its end: of those who come ` +
    `within ${duration(stretchMs)}, at least 95 % of the share of before.`,
  'A design that does not, although the cause is gone, is in a metastable failure.',
  '(yes) and (no) were not run: they follow from a longer fault that it got over, or a shorter ' +
    `one that it did not. The two cells at the border are run ${runsEach} times.`,
  '? and –: see the remark; a run cannot say where the design does not serve 90 % without the ' +
    'fault, where the crowd was not sent as planned, or where the fault did not bite.',
  'Every run is audited. Generator and shop share the cores: elsewhere a border may lie higher.',
]
