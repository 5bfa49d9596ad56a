import { fill } from '../../console/model/words.ts'
import { amount, duration, percent, timeWords } from '../judge/format.ts'
import { objectiveUsual } from '../judge/terms.ts'
import { armTimelinesOf, timeChartsOf } from '../rehearse/time-charts.ts'
import {
  type DocumentNode,
  findings,
  notes,
  onlyIn,
  paragraph,
  type ReportDocument,
  roleOf,
  section,
  strong,
  table,
  textColumns,
} from '../report/document.ts'
import { environmentFacts } from '../report/sections.ts'
import type { Language } from '../report/words.ts'
import type { ArmReport, Block } from '../run/result.ts'
import { findingWords, improvements, metWords } from './findings-words.ts'
import { localized } from './localized.ts'
import { outcomeWords, valueWords } from './outcome-words.ts'
import type { GameDayReport } from './result.ts'
import { headlineOf, methodWords, repeatGameDay, scenarioWords } from './text.ts'
import { translatedCharts } from './translated-charts.ts'
import { type GameDayWords, wordsIn } from './words.ts'

/** The report of a game day, as a team would file it. */
export function gameDayDocument(
  given: GameDayReport,
  blocks: readonly Block[],
  language: Language,
): ReportDocument & { language: Language } {
  const words = wordsIn(language)
  const report = localized(given, language)
  const { day, verdict, startedAt, versions } = report
  return {
    title: fill(words.title, { title: day.title }),
    language,
    verdict,
    headline: headlineOf(report, words),
    startedAt,
    version: versions.stampede,
    body: [
      section(words.goal, [paragraph(day.goal, 'strong')]),
      section(words.findings, [
        findings([
          ...metWords(report, words).map(strong),
          ...report.findings.map((one) => findingWords(one, report, words)),
        ]),
      ]),
      section(words.expectations, [expectationsTable(report, words)]),
      charts(report, blocks, language, words),
      section(words.figures, [figuresTable(report, words)]),
      section(words.timeline, [timelineTable(report, words)]),
      ...humanSection(report, words),
      section(words.improve, [notes(improvements(report, words))]),
      section(words.scenario, [notes(scenarioWords(report, words))]),
      inFiles(section(words.method, [notes(methodWords(report, words))])),
      inFiles(
        section(words.environment, [{ kind: 'facts', columns: [environmentFacts(versions)] }]),
      ),
      section(words.repeat, [{ kind: 'code', text: repeatGameDay(report) }]),
    ],
  }
}

const inFiles = (node: DocumentNode) => onlyIn(['markdown', 'html'], node)

const armColumns = (arms: readonly string[]) =>
  arms.map((title, index) => ({ title, role: roleOf(index, arms.length) }))

function expectationsTable({ expectations, arms }: GameDayReport, words: GameDayWords) {
  const names = Object.keys(arms)
  const lines = expectations.map((entry) => [
    strong(entry.title),
    entry.condition,
    `${entry.fromSeconds}–${entry.toSeconds}\u00a0s`,
    ...names.map((name) => {
      const outcome = entry.outcomes.find(({ arm }) => arm === name)
      return outcome ? outcomeWords(outcome, words) : words.unknown
    }),
  ])
  const columns = textColumns(words.expectation, words.condition, words.window)
  return table([...columns, ...armColumns(names)], lines)
}

function charts(
  report: GameDayReport,
  blocks: readonly Block[],
  language: Language,
  words: GameDayWords,
): DocumentNode {
  const rows = timeChartsOf(armTimelinesOf(report, blocks), objectiveUsual)
  const shown = [paragraph(words.chartsNote), ...translatedCharts(rows, language)]
  return onlyIn(['html'], section(words.charts, shown))
}

function figuresTable(report: GameDayReport, words: GameDayWords) {
  const names = Object.keys(report.arms)
  const lineOf = (label: string, of: (arm: ArmReport, name: string) => string) => [
    label,
    ...names.map((name) => of(report.arms[name] as ArmReport, name)),
  ]
  const broken = ({ checkers }: ArmReport) =>
    checkers.filter(({ verdict }) => verdict !== 'true').map(({ name }) => name)
  return table(
    [{ title: words.figure }, ...armColumns(names).map((one) => ({ ...one, isFigure: true }))],
    [
      lineOf(words.offered, (arm) => amount(arm.offered)),
      lineOf(words.servedPercent, (arm) => percent(arm.servedPercent)),
      lineOf(words.paidPerSecond, (arm) => amount(arm.goodputPerSecond)),
      lineOf(words.p95, ({ sojournMs }) => (sojournMs ? timeWords(sojournMs.p95) : words.noData)),
      lineOf(words.p99, ({ sojournMs }) => (sojournMs ? timeWords(sojournMs.p99) : words.noData)),
      lineOf(words.attempts, (arm) => arm.attemptsPerIntent.toFixed(2)),
      lineOf(words.deadlocks, (arm) => amount(arm.deadlocks)),
      lineOf(words.recovered, (_, name) => recoveredWords(report.recoveries[name], words)),
      lineOf(words.workDone, ({ quietAfterMs }) =>
        quietAfterMs === null ? words.never : duration(quietAfterMs),
      ),
      lineOf(words.broken, (arm) => broken(arm).join('\n') || words.none),
    ],
  )
}

function recoveredWords(
  found: GameDayReport['recoveries'][string] | undefined,
  words: GameDayWords,
) {
  if (found === undefined || typeof found === 'string') return words.noData
  return found.recoveredAfterMs === null ? words.never : duration(found.recoveredAfterMs)
}

function timelineTable({ followed, arms }: GameDayReport, words: GameDayWords) {
  const lines = Object.keys(arms).flatMap((name) =>
    (followed[name]?.events ?? []).map(({ atSeconds, kind, subject, amount: much }) => [
      name,
      `${atSeconds.toFixed(1)} s`,
      fill(words[`event.${kind}`], {
        subject,
        amount: much === null ? words.unknown : valueWords(much, kind, words),
      }),
    ]),
  )
  return table(textColumns(words.arm, words.when, words.what), lines)
}

function humanSection({ followed }: GameDayReport, words: GameDayWords): DocumentNode[] {
  const lines = Object.entries(followed).flatMap(([name, { humanSteps }]) =>
    humanSteps.map(({ text, tookSeconds, end }) => [
      name,
      text,
      tookSeconds === null ? words[`human.${end}`] : duration(tookSeconds * 1000),
    ]),
  )
  if (lines.length === 0) return []
  return [section(words.humanSteps, [table(textColumns(words.arm, words.step, words.took), lines)])]
}
