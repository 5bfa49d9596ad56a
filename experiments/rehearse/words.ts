import { amount, duration, interval, percent, wholePercent } from '../judge/format.ts'
import { claimPairsMin } from '../judge/inference.ts'
import { P99_SAMPLES_MIN, patienceMs } from '../judge/summarize.ts'
import { objectiveWords, repeatCommand, shellWord } from '../report/repeat-command.ts'
import { arrivalsWords, asSentence } from '../report/words.ts'
import { foundRateWords } from '../run/fit-rate.ts'
import type { Plan } from '../run/result.ts'
import type { RehearsalReport } from './result.ts'

/** What scarce stock does to the figures of a sale. */
const scarceWords =
  'Stock is scarce: late customers get “sold out”, which is a correct answer and writes ' +
  'nothing. No design can sell more than there is, so scarce stock hides what the writing of ' +
  'orders costs; see the same with --stock plenty.'

/** Name of the first arm and of the one under judgement; the same when there is only one. */
function judgedArms(report: RehearsalReport): { before: string; after: string } {
  const names = Object.keys(report.arms)
  return { before: names[0] ?? '', after: names.at(-1) ?? '' }
}

/** The verdict in one sentence. */
export const headline = (report: RehearsalReport): string => asSentence(verdictSentence(report))

function verdictSentence(report: RehearsalReport): string {
  const { before, after } = judgedArms(report)
  const arm = report.arms[after]
  const reason = asSentence(report.reasons[0] ?? '')
  switch (report.verdict) {
    case 'invariant-broken': {
      const red = Object.keys(report.arms).filter((name) => report.audits[name] === 'red')
      const [name = after] = red.toReversed()
      const checkers = report.arms[name]?.checkers ?? []
      const broken = checkers.filter((check) => check.verdict === 'false')
      return `${name} corrupts data: ${broken.length} of ${checkers.length} checks broke, \
first “${broken[0]?.name}”.`
    }
    case 'untrusted':
      return `This run can’t be trusted. ${reason}`
    case 'target-missed':
      return report.audits[after] === 'green'
        ? `${after} keeps its data right but is not as expected. ${reason}`
        : reason
    case 'as-expected':
      return `${after} holds: ${goodputClaim(report, before)}${auditWords(report, after)}, \
${percent(arm?.servedPercent ?? 0)} served.`
  }
}

const auditWords = ({ audits }: RehearsalReport, after: string) =>
  audits[after] === 'known' ? 'only checks known to break broke' : 'every check passed'

/** Never more than the interval shows. */
function goodputClaim({ ratios, decisions, terms }: RehearsalReport, before: string): string {
  if (!ratios || !decisions) return ''
  const { goodput } = ratios
  switch (decisions.goodput) {
    case 'higher':
    case 'lower':
      return `${interval(goodput)} the goodput of ${before}, `
    case 'equivalent':
      return `goodput equivalent to ${before} within ${wholePercent(terms.margin)}, `
    case 'undecided':
      return goodput.pairs < claimPairsMin
        ? `too few blocks for a claim against ${before}, `
        : `no difference in goodput to ${before} shown, `
  }
}

/** Who came, for how long and how often, in half a line. */
export function crowdWords({ scenario, plan, seed, versions }: RehearsalReport): string {
  const blocks = plan.blocks === 1 ? 'one block an arm' : `${plan.blocks} blocks an arm`
  const crowd = `up to ${plan.rate}/s for ${plan.durationSeconds} s${arrivalsWords(plan)}`
  const stock = plan.stock === 'scarce' ? ', scarce stock' : ''
  return `${scenario}, ${crowd}${stock}, ${blocks}, ${versions.driver}, seed ${seed}`
}

/** The command that repeats this rehearsal. */
export function repeatRehearsal(plan: Plan): string {
  const arms = plan.arms.map((arm) => (arm.asked ?? arm.design).replaceAll(',', '+')).join(',')
  const faults = plan.faults.map(({ name, settings, fromSeconds, toSeconds }) => {
    const fault = `${name}:${JSON.stringify(settings)}@${fromSeconds}s..${toSeconds}s`
    return `--fault ${shellWord(fault)}`
  })
  const stock = plan.stock ? [`--stock ${plan.stock}`] : []
  const target = plan.target ? [`--target ${plan.target}`] : []
  const { margin, expect, objective } = plan.terms ?? {}
  const terms = [
    ...(margin === undefined ? [] : [`--margin ${Number((margin * 100).toFixed(6))}%`]),
    ...(expect === undefined ? [] : [`--expect ${expect}`]),
    ...(objective ? objectiveWords(objective) : []),
  ]
  return repeatCommand(
    'rehearse',
    [`--arms ${shellWord(arms)}`, ...faults, ...stock, ...target, ...terms],
    plan,
  )
}

/** What the words mean and what the figures can't say, for a reader who was not there. */
export function howToRead(report: RehearsalReport): string[] {
  const { before, after } = judgedArms(report)
  const offered = report.arms[after]?.offered ?? 0
  const comparing = before !== after
  return [
    ...(report.plan.found
      ? [
          `The rate fits this machine: ${foundRateWords(report.plan.found, after)}, at its peak ` +
            `${report.plan.rate}/s. Name another with --rate.`,
        ]
      : []),
    `The crowd arrives on a fixed schedule${arrivalsWords(report.plan)} and does not wait for ` +
      'answers: a shop that stalls still gets its next customers.',
    'Goodput is journeys that arrived while the crowd was at its peak and were paid within ' +
      `${duration(patienceMs)}, per second: what a backlog pays later does not count. ` +
      'Sold out and customers who leave by choice ' +
      'are right answers; failed and unknown are not.',
    'Checkout time runs from the first order attempt to the answer that settled the purchase, ' +
      'retries included; from arrival to the end is the whole visit, waiting to be let in too. ' +
      'Percentiles are over all that came: who failed, was dropped or got no answer took longer ' +
      'than any time, so “> 6 s” is all that is known.',
    comparing
      ? `A ratio is ${after} ÷ ${before}, the geometric mean over pairs of blocks that met the ` +
        'same crowd, with Student’s 95 % interval from six pairs on and their range below. A ' +
        'difference counts only beyond the margin that was fixed beforehand, and within it the ' +
        'designs are equivalent; what is neither is not decided. Under four pairs nothing is.'
      : 'One arm was rehearsed: there is nothing to compare it with.',
    ...(report.plan.stock === 'scarce' ? [scarceWords] : []),
    `A p99 from fewer than ${amount(P99_SAMPLES_MIN)} checkouts is marked * and only indicative.`,
    offered === 0
      ? 'Nothing was offered, so no zero in this report means anything.'
      : `A zero is not never: 0 of ${amount(offered)} journeys bounds the true rate below ` +
        `${percent(Math.min(100, (3 / offered) * 100))} at 95 % (rule of three).`,
  ]
}
