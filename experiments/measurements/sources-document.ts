import { median } from 'simple-statistics'
import { type LoadShape, loadShapeNames } from '../../loadtests/jmeter/shapes.ts'
import { amount, interval, times } from '../judge/format.ts'
import {
  type DocumentNode,
  type Fact,
  figureColumns,
  findings,
  notes,
  onlyIn,
  paragraph,
  type ReportDocument,
  roleOf,
  section,
  type Row as TableRow,
  type Text,
  textColumns,
} from '../report/document.ts'
import type { LineChart } from '../report/line-chart.ts'
import { onSameDatabase } from '../report/repeat-command.ts'
import {
  closingSections,
  environmentFacts,
  environmentLine,
  environmentSections,
} from '../report/sections.ts'
import { type LostPiece, lostLine } from '../run/pieces.ts'
import type { Environment, RunVerdict } from '../run/result.ts'
import { comparisonsOf, isRed, medianOf } from './comparison.ts'
import type { Audited, Outcome, Row } from './measurement.ts'
import type { SourceName } from './sources/sources.ts'

/** A whole run of `./stampede reproduce`, as report.json has it. */
export interface ReproduceReport {
  verdict: RunVerdict
  startedAt: string
  seed: number
  quick: boolean
  loadShapes: LoadShape[]
  versions: Environment
  /** Sources that could not be run to their end. */
  lost: LostPiece[]
  sources: ({ name: SourceName; title: string; summary: string } & Outcome)[]
}

/** The sources' figures beside ours. */
export function sourcesDocument(report: ReproduceReport): ReportDocument {
  const { verdict, startedAt, seed, quick, versions, sources, lost } = report
  const facts: Fact[] = [['seed', String(seed)]]
  if (quick) facts.push(['quick', 'fewer and shorter rounds, trends only'])
  return {
    title: 'The sources, reproduced: field reports, set up as they describe it and run here',
    verdict,
    headline: headlineOf(report),
    startedAt,
    version: versions.stampede,
    body: [
      findings(lost.map(lostLine)),
      ...sources.map((source) => sourceSection(source)),
      environmentLine(versions, [`seed ${seed}`, ...(quick ? ['quick: trends only'] : [])]),
      ...environmentSections(versions, [facts, environmentFacts(versions)]),
      ...closingSections(onSameDatabase(repeatCommand(report), versions), howToRead, verdict),
    ],
  }
}

function headlineOf({ sources }: ReproduceReport): string {
  const verdicts = sources.flatMap(({ rows }) => comparisonsOf(rows)).map(({ verdict }) => verdict)
  const comparable = verdicts.filter((verdict) => verdict !== 'no figure there')
  const same = comparable.filter((verdict) => verdict === 'same shape')
  const red = sources.flatMap(({ audits }) => audits).filter(isRed)
  if (sources.length === 0) return 'No source was measured to its end.'
  const audits = red.length === 0 ? '' : `; ${red.length} audits are red`
  if (comparable.length === 0) return `The source has no figures for these designs${audits}.`
  const compared = `${same.length} of ${comparable.length} comparisons`
  return `${compared} have the winner of the source${audits}.`
}

const repeatCommand = ({ sources, lost, seed, quick, loadShapes }: ReproduceReport) =>
  [
    './stampede reproduce',
    ...[...sources, ...lost].map(({ name }) => name),
    `--seed ${seed}`,
    ...(loadShapes.length < loadShapeNames.length ? [`--load-shapes ${loadShapes}`] : []),
    ...(quick ? ['--quick'] : []),
  ].join(' ')

function sourceSection(source: ReproduceReport['sources'][number]): DocumentNode {
  const { name, title, summary, rows, audits, remarks, charts = [], nodes = [] } = source
  return section(`${name}: ${title}`, [
    paragraph(summary),
    ...rows.map((row) => rowSection(row)),
    ...nodes,
    ...(charts.length > 0 ? [chartsNode(charts)] : []),
    findings(audits.map(auditLine)),
    notes([...rows.flatMap(({ note }) => note ?? []), ...remarks]),
  ])
}

const chartsNode = (charts: LineChart[]): DocumentNode => ({
  kind: 'line-charts',
  title: 'Over time',
  explanation: 'Of the first round.',
  charts,
})

function rowSection(row: Row): DocumentNode {
  const bars = row.designs.map((design, index) => ({
    name: design.name,
    role: roleOf(index, row.designs.length),
    value: medianOf(design),
    text: figure(medianOf(design)),
  }))
  return section(`${row.what} (${row.unit}, ${row.better} is better)`, [
    onlyIn(['html'], { kind: 'bars', cards: [{ title: row.unit, bars }] }),
    { kind: 'table', columns: columnsOf(hasTheirs(row)), groups: [{ rows: tableRows(row) }] },
  ])
}

/** Without a figure of the source there is nothing to compare ours with. */
const hasTheirs = ({ designs }: Row) => designs.some(({ theirs }) => theirs !== null)

const columnsOf = (isCompared: boolean) => [
  ...textColumns('design'),
  ...(isCompared ? figureColumns('there', 'ratio') : []),
  ...figureColumns('here: median (range)', 'ratio (interval)'),
  ...(isCompared ? textColumns('verdict') : []),
]

function tableRows(row: Row): TableRow[] {
  const compared = comparisonsOf([row])
  const isCompared = hasTheirs(row)
  return row.designs.map((design) => {
    const { theirs, ours, verdict } = compared.find(({ other }) => other === design) ?? {}
    const there = design.theirs === null ? '–' : figure(design.theirs)
    return {
      cells: [
        `${design.name}\n${design.option}`,
        ...(isCompared ? [there, theirs ? times(theirs) : ''] : []),
        spread(design.ours),
        ours ? interval(ours) : '',
        ...(isCompared ? [verdict ?? ''] : []),
      ],
    }
  })
}

/** A figure with the digits that a run can carry. */
const figure = (value: number) => amount(value >= 100 ? Math.round(value) : value)

const spread = (values: readonly number[]) =>
  `${figure(median([...values]))} (${figure(Math.min(...values))} to ` +
  `${figure(Math.max(...values))})`

/** What the audit of a design found, and whether that was to be expected. */
function auditLine(audited: Audited): Text {
  const { design, findings, known } = audited
  const wrong = (lines: string[], remark: string) =>
    lines.length === 0 ? [] : [`${lines.length} wrong: ${lines[0]} (${remark})`]
  const found = [...wrong(findings, 'must not be'), ...wrong(known, 'as is known of it')]
  const text = `audit of ${design}: ${found.join('; ') || 'the data is right'}`
  return { text, tone: isRed(audited) ? 'bad' : 'good' }
}

const howToRead = [
  'The verdict is on the shape: which design wins. A ratio says how many times better a design ' +
    'is than the first of its table; it depends on machine, data and load.',
  'Each round measures all designs of a row in turn, each round in the other direction; the ' +
    'ratio is the geometric mean over rounds, with Student’s 95 % interval from six on and their ' +
    'range below. A winner is decided from four rounds on, where chance would show as much in ' +
    'one run of twenty; else the row is not decided.',
  'A count of zero counts as one in a ratio, which is then a bound.',
]
