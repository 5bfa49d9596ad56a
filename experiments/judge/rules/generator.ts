import type { BusiestSecond } from '../../run/starts.ts'
import { amount } from '../format.ts'
import type { JudgedArm } from '../judged-run.ts'
import type { Finding } from '../result.ts'
import { percentile } from '../statistics.ts'
import { termsOf } from '../terms.ts'
import { type Rule, remark, untrusted } from './rule.ts'
import { TRUST } from './trust-limits.ts'

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

/** 3: journeys that start late meet a milder crowd than was planned. */
const startedLate = (arms: readonly JudgedArm[], lateMsMax: number): Finding[] =>
  arms.flatMap(({ name, blocks }) => {
    const journeys = blocks.flatMap(({ history }) => history)
    const known = journeys.flatMap(({ lateMs }) => lateMs ?? [])
    if (known.length < journeys.length) {
      const unknown = amount(journeys.length - known.length)
      return [untrusted(`How late ${unknown} journeys of ${name} started is unknown.`)]
    }
    if (known.length === 0) return []
    const lateMs = percentile(known, 0.99)
    if (lateMs <= lateMsMax) return []
    return [
      untrusted(
        `The generator started journeys of ${name} late: p99 ${amount(lateMs)} ms ` +
          `(limit ${lateMsMax} ms, a tenth of the target).`,
      ),
    ]
  })

/** 3: the spike that was promised must have come. */
const spikeTooFlat = (arms: readonly JudgedArm[]): Finding[] =>
  arms.flatMap(({ name, blocks }) => {
    const flattest = blocks
      .map(({ busiestSecond }) => busiestSecond)
      .reduce((one, other) => (shareOf(other) < shareOf(one) ? other : one))
    if (shareOf(flattest) * 100 >= TRUST.busiestSecondPercentMin) return []
    const { planned, started } = flattest
    return [
      untrusted(
        `The generator started ${amount(started)} journeys of ${name} in its busiest second, ` +
          `the plan was ${amount(planned)}.`,
      ),
    ]
  })

/** One journey may fall on the other side of a second, which is much of a small crowd. */
const shareOf = ({ planned, started }: BusiestSecond) =>
  planned === 0 ? 1 : (started + 1) / planned

/** 3: a generator whose event loop is stuck reads answers late, whenever they came. */
const eventLoopStuck = (arms: readonly JudgedArm[], lateMsMax: number): Finding[] =>
  arms.flatMap(({ name, blocks }) => {
    const delayMs = Math.max(0, ...blocks.map(({ eventLoopDelayMs }) => eventLoopDelayMs ?? 0))
    if (delayMs <= lateMsMax) return []
    return [
      untrusted(
        `The generator’s event loop was stuck under ${name}: p99 ${amount(delayMs)} ms ` +
          `(limit ${lateMsMax} ms).`,
      ),
    ]
  })

/**
 * 3: a generator that uses up what it can measures itself: the simulator one core, k6 all of them
 * in its worst second, and one on average.
 */
export const generatorSaturated: Rule<'arms' | 'plan'> = ({ arms, plan }) =>
  arms.flatMap((arm) => {
    const shares = arm.blocks.flatMap(({ cpu }) => cpu.generator ?? [])
    if (shares.length < arm.blocks.length) {
      return [untrusted(`What the generator used of a core under ${arm.name} is unknown.`)]
    }
    const threads = plan.driver === 'k6' ? Math.min(...arm.blocks.map((b) => b.machine.cores)) : 1
    const worst = arm.blocks.map(({ machine }) => machine.generatorWorstPercent ?? 0)
    const max = TRUST.generatorCpuPercentMax
    return [
      ...overLimit(arm, Math.max(...shares), max, 'in its busiest block'),
      ...overLimit(arm, Math.max(...worst), max * threads, 'in its worst second'),
    ]
  })

function overLimit({ name }: JudgedArm, percent: number, max: number, when: string): Finding[] {
  if (percent <= max) return []
  return [
    untrusted(
      `The generator used ${Math.round(percent)} % of a core under ${name} ${when} ` +
        `(limit ${max} %): it was itself the bottleneck.`,
    ),
  ]
}

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

/** Share of an arm's offered journeys that the generator could not start, 0..100. */
export function droppedPercentOf({ report }: JudgedArm): number {
  return report.offered === 0 ? 0 : (report.dropped / report.offered) * 100
}

/** Why the crowd that arrived is not the one planned. @param p99MsMax of the objective */
export function crowdNotSent(arms: readonly JudgedArm[], p99MsMax: number): Finding[] {
  const lateMsMax = TRUST.lateShareOfTargetMax * p99MsMax
  return [
    ...startedLate(arms, lateMsMax),
    ...spikeTooFlat(arms),
    ...eventLoopStuck(arms, lateMsMax),
  ]
}

/** What must hold of the generator. */
export const generatorTrust: Rule[] = [
  loadDropped,
  ({ arms, plan }) => crowdNotSent(arms, termsOf(plan).objective.p99MsMax),
  generatorSaturated,
]
