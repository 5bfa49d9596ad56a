import { fill } from '../../console/model/words.ts'
import { duration, percent } from '../judge/format.ts'
import { figureWords } from './outcome-words.ts'
import type { Finding, GameDayReport } from './result.ts'
import type { GameDayWords } from './words.ts'

/** A step that took a person longer deserves a runbook. */
const slowStepSeconds = 10

/** How many expectations each arm met that was to, and how many it missed that was to. */
export function metWords({ expectations, arms }: GameDayReport, words: GameDayWords): string[] {
  return Object.keys(arms).flatMap((arm) => {
    const own = expectations.flatMap(({ outcomes }) => outcomes.filter((one) => one.arm === arm))
    const wanted = own.filter((one) => one.wanted === 'holds')
    const titles = expectations
      .flatMap(({ title, outcomes }) =>
        outcomes
          .filter((one) => one.arm === arm && one.wanted === 'breaks' && !one.holds)
          .map((one) => `“${title}” (${figureWords(one, words)})`),
      )
      .join(', ')
    const isMet = wanted.length > 0 && wanted.every(({ holds }) => holds)
    return [
      ...(isMet ? [fill(words['finding.met'], { arm, count: String(wanted.length) })] : []),
      ...(titles.length > 0 ? [fill(words['finding.bites'], { arm, titles })] : []),
    ]
  })
}

/** A finding in a sentence. */
export function findingWords(finding: Finding, report: GameDayReport, words: GameDayWords): string {
  return fill(words[`finding.${finding.kind}`], partsOf(finding, report, words))
}

function partsOf(
  finding: Finding,
  report: GameDayReport,
  words: GameDayWords,
): Record<string, string> {
  switch (finding.kind) {
    case 'missed':
    case 'not-broken': {
      const { arm, title } = finding
      const entry = report.expectations.find((one) => one.title === title)
      const outcome = entry?.outcomes.find((one) => one.arm === arm)
      return { arm, title, value: outcome ? figureWords(outcome, words) : words.noData }
    }
    case 'stopped': {
      const ms = report.followed[finding.arm]?.stopped?.faultsOffMs ?? null
      const off = ms === null ? words.afterUnknown : fill(words.afterMs, { ms: duration(ms) })
      const { arm, condition, atSeconds } = finding
      return { arm, condition, seconds: atSeconds.toFixed(1), off }
    }
    case 'broken-data':
    case 'known-broken':
    case 'broken-as-written':
    case 'unknown-data':
      return { arm: finding.arm, checks: finding.checks.join(', ') }
    case 'dropped':
    case 'dropped-but-missed':
      return { arm: finding.arm, percent: percent(finding.percent) }
    default:
      return { ...finding }
  }
}

const advice = {
  missed: 'improve.missed',
  'not-broken': 'improve.not-broken',
  stopped: 'improve.stopped',
  'broken-data': 'improve.data',
  'known-broken': 'improve.data',
  'broken-as-written': 'improve.data',
  'unknown-data': 'improve.data',
  'no-bite': 'improve.no-bite',
  dropped: 'improve.dropped',
  'dropped-but-missed': null,
  'not-quiet': 'improve.not-quiet',
  'not-done': null,
} as const satisfies Record<Finding['kind'], keyof GameDayWords | null>

/** What to do next, as it follows from what was found. */
export function improvements(report: GameDayReport, words: GameDayWords): string[] {
  const fromFindings = report.findings.flatMap((finding) => {
    const key = advice[finding.kind]
    return key === null ? [] : [fill(words[key], partsOf(finding, report, words))]
  })
  const steps = Object.values(report.followed).flatMap(({ humanSteps }) => humanSteps)
  const slow = steps.flatMap(({ text, tookSeconds }) =>
    tookSeconds !== null && tookSeconds > slowStepSeconds
      ? [fill(words['improve.human'], { text, took: duration(tookSeconds * 1000) })]
      : [],
  )
  const skipped = steps.filter(({ end }) => end === 'skipped').length
  const all = [
    ...adoptWords(report, words),
    ...new Set(fromFindings),
    ...slow,
    ...(skipped > 0 ? [fill(words['improve.skipped'], { count: String(skipped) })] : []),
  ]
  return all.length > 0 ? all : [words['improve.nothing']]
}

/** What the last arm has otherwise than the first, where it met more. */
function adoptWords({ arms, expectations }: GameDayReport, words: GameDayWords): string[] {
  const names = Object.keys(arms)
  const [before, after] = [names[0], names.at(-1)]
  if (before === undefined || after === undefined || before === after) return []
  const metBy = (arm: string) =>
    expectations.filter(({ outcomes }) => outcomes.some((one) => one.arm === arm && one.holds))
      .length
  if (metBy(after) <= metBy(before)) return []
  const has = new Set(arms[before]?.design.split(','))
  const options = (arms[after]?.design.split(',') ?? []).filter((option) => !has.has(option))
  if (options.length === 0) return []
  return [fill(words['improve.adopt'], { before, after, options: options.join(', ') })]
}
