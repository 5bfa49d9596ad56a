import type { CheckResult } from '../../audit/checker.ts'
import type { Plan } from '../run/result.ts'
import { amount } from './format.ts'
import { comparesDesigns, type JudgedArm, type JudgedRun } from './judged-run.ts'
import type { Finding } from './result.ts'
import { P99_SAMPLES_MIN } from './summarize.ts'

/** What the arm under judgement must reach: issue 3, "What must show". */
export const TARGETS = { servedPercentMin: 99, p99MsMax: 500, deadlocksMax: 0 } as const

/**
 * Breaking one of these fails the last arm. Dropped: k6 itself calls its latencies understated from
 * 1 % on, and 5 % is no measurement.
 */
export const TRUST = {
  droppedPercentMax: 1,
  droppedPercentInvalid: 5,
  generatorCpuPercentMax: 85,
  machineBusyPercentMax: 97,
  loadDifferencePercentMax: 2,
  blocksMin: 2,
} as const

export type Rule = (run: JudgedRun) => Finding[]

export const untrusted = (reason: string): Finding => ({
  verdict: 'untrusted',
  forbidsClaim: true,
  reason,
})

export const remark = (reason: string, forbidsClaim = false): Finding => ({
  verdict: null,
  forbidsClaim,
  reason,
})

const failure = (verdict: 'invariant-broken' | 'target-missed', reason: string): Finding => ({
  verdict,
  forbidsClaim: verdict === 'invariant-broken',
  reason,
})

/** 1: an invariant broke in an arm of which that is not known. @param title names it */
export const invariantBroken = (arm: JudgedArm, title: string): Finding[] =>
  checksWith('false', arm).map((check) =>
    failure('invariant-broken', `${title} broke "${check.name}" ${examples(check)}.`),
  )

/** 3: an audit that could not be made says nothing of any arm. */
export const auditUnknown: Rule = ({ arms }) =>
  arms.flatMap((arm) => {
    if (arm.report.checkers.length === 0) return [untrusted(`${arm.name} was not audited.`)]
    return checksWith('unknown', arm).map((check) =>
      untrusted(
        `${arm.name}: "${check.name}" could not be established` +
          `${check.first === undefined ? '' : ` (${check.first})`}.`,
      ),
    )
  })

/** 3: a block that never came to rest was audited while data was still changing. */
export const neverQuiescent: Rule = ({ arms }) =>
  arms.flatMap((arm) => {
    const moving = arm.blocks.filter((block) => block.quietAfterMs === null).length
    if (moving === 0) return []
    return [untrusted(`${arm.name} was never quiescent after ${moving} of its blocks.`)]
  })

/** 3: what the generator could not start in time was never measured. */
export const loadDropped: Rule = ({ arms }) =>
  arms.flatMap((arm) => {
    const percent = droppedPercentOf(arm)
    if (percent <= TRUST.droppedPercentMax) return []
    const dropped = `the generator dropped ${percent.toFixed(1)} % of the journeys of ${arm.name}`
    return [
      percent > TRUST.droppedPercentInvalid
        ? untrusted(`INVALID: ${dropped}, its figures are no measurement of this load.`)
        : untrusted(`Checkout times of ${arm.name} are understated: ${dropped}.`),
    ]
  })

/** 3: a generator near a whole core measures itself. Shares are means over a block: sustained. */
export const generatorSaturated: Rule = ({ arms }) =>
  arms.flatMap((arm) => {
    const percent = Math.max(...arm.blocks.map((block) => block.cpu.generator))
    if (percent <= TRUST.generatorCpuPercentMax) return []
    return [
      untrusted(
        `The generator used ${Math.round(percent)} % of a core under ${arm.name} ` +
          `(limit ${TRUST.generatorCpuPercentMax} %): it was itself the bottleneck.`,
      ),
    ]
  })

/** Remark: generator and shop share the cores, so a busy machine understates the judged arm. */
export const machineBusy: Rule = ({ after }) => {
  const percent = Math.max(...after.blocks.map((block) => block.cpu.machineBusyPercent))
  if (percent <= TRUST.machineBusyPercentMax) return []
  return [
    remark(
      `All cores were ${Math.round(percent)} % busy during ${after.name}, the generator's share ` +
        'included: its goodput is understated and its times overstated.',
    ),
  ]
}

/** 3: arms that saw different crowds cannot be compared. */
export const loadsDiffer: Rule = ({ before, after }) => {
  if (!before) return []
  const [one, other] = [offeredPerSecond(before), offeredPerSecond(after)]
  const percent = (Math.abs(one - other) / Math.max(one, other, Number.EPSILON)) * 100
  if (percent <= TRUST.loadDifferencePercentMax) return []
  return [
    untrusted(
      `The arms saw different crowds: ${one.toFixed(1)} journeys a second for ${before.name}, ` +
        `${other.toFixed(1)} for ${after.name}.`,
    ),
  ]
}

/** 3: no comparison without a second block to show the noise; a smoke run compares nothing. */
export const tooFewBlocks: Rule = (run) => {
  const { arms, before, plan } = run
  const missing = arms
    .filter((arm) => arm.blocks.length < plan.blocks)
    .map((arm) =>
      untrusted(`${arm.name} has ${arm.blocks.length} of the ${plan.blocks} blocks planned.`),
    )
  const fewest = Math.min(...arms.map((arm) => arm.blocks.length))
  if (!before || fewest >= TRUST.blocksMin) return missing
  const reason = `A comparison needs ${TRUST.blocksMin} blocks an arm, there is ${fewest}.`
  return [...missing, plan.scenario === 'smoke' ? remark(reason, true) : untrusted(reason)]
}

/** 3: if the old design held, the crowd was too small to prove anything about the new one. */
export const beforeDidNotBreak =
  (goodputNoise: number): Rule =>
  (run) => {
    const { before, after } = run
    if (!before || !comparesDesigns(run)) return []
    const { report } = before
    const { failed, unknown } = report.outcomes
    const slower = report.goodputPerSecond * (1 + goodputNoise) < after.report.goodputPerSecond
    const broken = checksWith('false', before).length
    const signs = [
      report.deadlocks > 0 ? `${amount(report.deadlocks)} deadlocks` : '',
      report.lockWaits > 0 ? `${amount(report.lockWaits)} lock waits` : '',
      failed + unknown > 0 ? `${amount(failed + unknown)} journeys failed or unknown` : '',
      slower ? 'less goodput' : '',
      broken > 0 ? `${broken} of ${report.checkers.length} checks broken` : '',
    ].filter((sign) => sign !== '')
    if (signs.length > 0) return [remark(`${before.name} broke, as expected: ${signs.join(', ')}.`)]
    return [
      untrusted(
        `${before.name} did not break: the rehearsal proved nothing. ` +
          'Raise the rate or add a fault.',
      ),
    ]
  }

/** Remark: what is wrong with the old design is the lesson, not a failure of the rehearsal. */
export const knownFailures: Rule = ({ before }) =>
  before === null
    ? []
    : checksWith('false', before).map((check) =>
        remark(`Known failure of ${before.name}: "${check.name}" ${examples(check)}.`),
      )

/** 2: too much of the crowd was turned away. */
export const servedTooLittle: Rule = ({ after, plan }) => {
  const percent = after.report.servedPercent
  if (percent >= TARGETS.servedPercentMin) return []
  const target = `target ${TARGETS.servedPercentMin} %`
  return [missed(plan, `${after.name} served ${percent.toFixed(2)} % (${target}).`)]
}

/** Targets are for the sale itself: with faults on, falling short is reported, not judged. */
function missed({ faults }: Plan, reason: string): Finding {
  if (faults.length === 0) return failure('target-missed', reason)
  return remark(`With faults on, for which there is no target: ${reason}`)
}

/** 2: too slow for the slowest in a hundred; without a single checkout the target is missed too. */
export const tooSlow: Rule = ({ after, plan }) => {
  const latency = after.report.latencyMs
  if (!latency) return [missed(plan, `No checkout of ${after.name} was served.`)]
  const { p99, samples } = latency
  const thin = samples < P99_SAMPLES_MIN ? `, indicative: ${amount(samples)} checkouts` : ''
  const text = `p99 of ${after.name} is ${amount(p99)} ms (target ${TARGETS.p99MsMax} ms${thin})`
  if (p99 > TARGETS.p99MsMax) return [missed(plan, `The ${text}.`)]
  return thin === '' ? [] : [remark(`The ${text}.`)]
}

/** 2: a deadlock is a rolled-back order, whether or not a retry hid it. */
export const deadlocked: Rule = ({ after }) => {
  const { deadlocks } = after.report
  if (deadlocks <= TARGETS.deadlocksMax) return []
  return [failure('target-missed', `${after.name} had ${amount(deadlocks)} deadlocks (target 0).`)]
}

/** Share of an arm's offered journeys that the generator could not start, 0..100. */
export function droppedPercentOf({ report }: JudgedArm): number {
  return report.offered === 0 ? 0 : (report.dropped / report.offered) * 100
}

function offeredPerSecond({ report, blocks }: JudgedArm): number {
  const ms = blocks.reduce((sum, block) => sum + block.crowdEndMs - block.crowdStartMs, 0)
  return ms === 0 ? 0 : report.offered / (ms / 1000)
}

function checksWith(verdict: CheckResult['verdict'], arm: JudgedArm): CheckResult[] {
  return arm.report.checkers.filter((check) => check.verdict === verdict)
}

function examples({ count, first }: CheckResult): string {
  return `${amount(count)} ${count === 1 ? 'time' : 'times'}${first ? `, first: ${first}` : ''}`
}
