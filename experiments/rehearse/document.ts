import { amount, duration, percent, wholePercent } from '../judge/format.ts'
import { steadinessOf, steadinessWords } from '../judge/steadiness.ts'
import { blocksOf } from '../judge/summarize.ts'
import type { Terms } from '../judge/terms.ts'
import { blockersTable } from '../report/blockers-table.ts'
import { checksSection } from '../report/checks-section.ts'
import {
  type DocumentNode,
  type Fact,
  figureColumns,
  findings,
  onlyIn,
  paragraph,
  type ReportDocument,
  section,
  strong,
  table,
} from '../report/document.ts'
import { onSameDatabase } from '../report/repeat-command.ts'
import {
  closingSections,
  environmentFacts,
  environmentLine,
  environmentSections,
} from '../report/sections.ts'
import { foundRateWords } from '../run/fit-rate.ts'
import { worstOf } from '../run/locks.ts'
import type { Block, Objective } from '../run/result.ts'
import { figuresTable } from './figures-table.ts'
import { keyFigures } from './key-figures.ts'
import { machineFacts } from './machine-facts.ts'
import { recoverySection } from './recovery-table.ts'
import type { RehearsalReport } from './result.ts'
import { type ArmTimeline, armTimelinesOf, timeChartsOf } from './time-charts.ts'
import { crowdWords, headline, howToRead, repeatRehearsal } from './words.ts'

/** The report of a rehearsal. @param promises what each checker stands for */
export function rehearsalDocument(
  report: RehearsalReport,
  blocks: readonly Block[],
  promises: Record<string, string> = {},
): ReportDocument {
  const arms = Object.entries(report.arms).map(([name, arm]) => ({ name, report: arm }))
  return {
    title: `Rehearsal of ${crowdWords(report)}`,
    verdict: report.verdict,
    headline: headline(report),
    startedAt: report.startedAt,
    version: report.versions.stampede,
    body: [
      keyFigures(report),
      findings([...report.claims.map(strong), ...report.reasons]),
      overTime(armTimelinesOf(report, blocks), report.terms.objective),
      section(arms.length > 1 ? 'Side by side' : 'In figures', figuresTable(report)),
      ...recoverySection(report),
      ...blockersOf(Object.keys(report.arms), blocks),
      checksSection(arms, promises, report.sums),
      environmentLine(report.versions, generatorWords(report)),
      ...environmentSections(report.versions, [
        [...designFacts(report), ...generatorFacts(report, blocks)],
        [...environmentFacts(report.versions), ...faultFacts(report, blocks)],
      ]),
      ...closingSections(
        onSameDatabase(repeatRehearsal(report.plan), report.versions),
        howToRead(report),
        report.verdict,
      ),
    ],
  }
}

/** A section where somebody was waited for. */
function blockersOf(arms: readonly string[], blocks: readonly Block[]): DocumentNode[] {
  const rows = arms.map((arm) => ({
    name: arm,
    blockers: worstOf(blocksOf(arm, blocks).flatMap(({ locks }) => locks?.blockers ?? [])),
  }))
  if (rows.every(({ blockers }) => blockers.length === 0)) return []
  const asked = section('Which sessions would a DBA end?', blockersTable(rows))
  return [onlyIn(['markdown', 'html'], asked)]
}

function overTime(arms: ArmTimeline[], objective: Objective): DocumentNode {
  return onlyIn(
    ['html'],
    section('Over time', [
      paragraph(
        'All blocks of an arm laid over each other: counts are medians, times are pooled. All ' +
          'charts of a row have the same scales; point at a second to read it. The charts need ' +
          'JavaScript; the tables below them have their figures.',
      ),
      ...timeChartsOf(arms, objective),
      ...arms.map(secondsTable),
    ]),
  )
}

function secondsTable({ arm, timeline }: ArmTimeline): DocumentNode {
  const columns = figureColumns(
    ...['second', 'arrived', 'paid', 'failed', 'unknown', 'p50 ms', 'p99 ms', 'p99 from arrival'],
  )
  const { seconds, offered, paid, failed, unknown, p50, p99, sojournP99 } = timeline
  const lines = seconds.map((second) =>
    [second, ...[offered, paid, failed, unknown, p50, p99, sojournP99].map((of) => of[second])].map(
      (figure) => String(figure ?? '–'),
    ),
  )
  return {
    kind: 'fold',
    summary: `Every second of ${arm} as a table`,
    nodes: [table(columns, lines)],
  }
}

const designFacts = ({ arms }: RehearsalReport): Fact[] =>
  Object.entries(arms).map(([name, arm]) => [`${name} is`, arm.design.replaceAll(',', ', ')])

const generatorWords = ({ generator, noiseFloor }: RehearsalReport): string[] => [
  `generator ${corePercent(generator)} of a core`,
  `${generator.droppedPercent.toFixed(2)} % dropped`,
  ...(noiseFloor ? [`noise floor ${Math.round(noiseFloor.goodput * 100)} %`] : []),
]

const corePercent = ({ cpuPercent }: RehearsalReport['generator']) =>
  cpuPercent === null ? 'an unknown share' : `${Math.round(cpuPercent)} %`

function generatorFacts(
  { arms, generator, noiseFloor, seed, terms, plan }: RehearsalReport,
  blocks: readonly Block[],
): Fact[] {
  const busiest = Math.max(...blocks.map((block) => block.cpu.machineBusyPercent))
  const noise = noiseFloor
    ? `goodput ${Math.round(noiseFloor.goodput * 100)} %, p99 ` +
      `${noiseFloor.p99 === null ? 'unknown' : `${Math.round(noiseFloor.p99 * 100)} %`}`
    : 'unknown: no arm has two blocks'
  return [
    ['generator', `${corePercent(generator)} of a core in its busiest block`],
    ...machineFacts(blocks.map(({ machine }) => machine)),
    ...Object.keys(arms).map((name) => warmUpFact(name, blocksOf(name, blocks))),
    ['dropped', `${percent(generator.droppedPercent)} of the worst arm’s journeys`],
    ['all cores', `${Math.round(busiest)} % busy in the busiest block`],
    ['noise floor', noise],
    ['judged by', termsWords(terms)],
    ['order of blocks', orderOf(blocks)],
    ['arrivals', plan.arrivals === 'poisson' ? 'Poisson, drawn from the seed' : 'even'],
    ['seed', String(seed)],
    ...rateFacts(plan),
  ]
}

function warmUpFact(name: string, own: readonly Block[]): Fact {
  const fewest = Math.min(...own.map(({ warmUp }) => warmUp.journeys))
  const wanted = Math.max(...own.map(({ warmUp }) => warmUp.wanted))
  const steady = steadinessWords(steadinessOf(own))
  return [`warm-up of ${name}`, `${fewest} of ${wanted} journeys or more; ${steady}`]
}

const rateFacts = ({ found, rate, arms }: RehearsalReport['plan']): Fact[] =>
  found ? [['rate', `${foundRateWords(found, arms.at(-1)?.name ?? '')}, ${rate}/s`]] : []

function termsWords({ margin, expect, objective }: Terms): string {
  const { servedPercentMin, p99MsMax, sojournMsMax } = objective
  return (
    `${servedPercentMin} % served, p99 ${duration(p99MsMax)}, ${duration(sojournMsMax)} from ` +
    `arrival; margin ${wholePercent(margin)}, expected: ${expect}`
  )
}

const orderOf = (blocks: readonly Block[]) =>
  blocks
    .toSorted((a, b) => a.crowdStartMs - b.crowdStartMs)
    .map((block) => block.arm)
    .join(', ')

function faultFacts(report: RehearsalReport, blocks: readonly Block[]): Fact[] {
  if (report.plan.faults.length === 0) return [['faults', 'none']]
  return Object.keys(report.arms).flatMap((arm) => {
    const own = blocksOf(arm, blocks)
    return report.plan.faults.map(({ name, settings, fromSeconds, toSeconds }): Fact => {
      const windows = own.flatMap((block) => block.faults.filter((fault) => fault.name === name))
      const injected = windows.reduce((sum, fault) => sum + fault.injected, 0)
      const time = `${duration(fromSeconds * 1000)} to ${duration(toSeconds * 1000)}`
      return [
        `${name} in ${arm}`,
        `${time}, ${amount(injected)} times, ${JSON.stringify(settings)}`,
      ]
    })
  })
}
