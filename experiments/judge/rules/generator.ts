import type { BusiestSecond } from '../../run/starts.ts'
import { amount } from '../format.ts'
import type { JudgedArm } from '../judged-run.ts'
import type { Finding } from '../result.ts'
import { percentile } from '../statistics.ts'
import { termsOf } from '../terms.ts'
import { type Rule, remark, untrusted, untrustedArms } from './rule.ts'
import { TRUST } from './trust-limits.ts'

/** 3: what the generator could not start in time was never measured. */
const loadDropped: Rule = ({ arms }) =>
  untrustedArms(arms, (arm) => {
    const percent = droppedPercentOf(arm)
    if (percent <= TRUST.droppedPercentMax) return null
    const dropped = `the generator dropped ${percent.toFixed(1)} % of the journeys of ${arm.name}`
    return percent > TRUST.droppedPercentInvalid
      ? `INVALID: ${dropped}, its figures are no measurement of this load.`
      : `Checkout times of ${arm.name} are understated: ${dropped}.`
  })

/** Journeys that start late meet a milder crowd than was planned. */
function startedLate({ name, blocks }: JudgedArm, lateMsMax: number): string | null {
  const journeys = blocks.flatMap(({ history }) => history)
  const known = journeys.flatMap(({ lateMs }) => lateMs ?? [])
  if (known.length < journeys.length) {
    const unknown = amount(journeys.length - known.length)
    return `How late ${unknown} journeys of ${name} started is unknown.`
  }
  const lateMs = known.length === 0 ? 0 : percentile(known, 0.99)
  if (lateMs <= lateMsMax) return null
  const late = `The generator started journeys of ${name} late: p99 ${amount(lateMs)} ms`
  return `${late} (limit ${lateMsMax} ms, a tenth of the target).`
}

/** The spike that was promised must have come. */
function spikeTooFlat({ name, blocks }: JudgedArm): string | null {
  const { planned, started } = blocks
    .map(({ busiestSecond }) => busiestSecond)
    .reduce((one, other) => (shareOf(other) < shareOf(one) ? other : one))
  if (shareOf({ planned, started }) * 100 >= TRUST.busiestSecondPercentMin) return null
  const sent = `The generator started ${amount(started)} journeys of ${name} in its busiest second`
  return `${sent}, the plan was ${amount(planned)}.`
}

/** One journey may fall on the other side of a second, which is much of a small crowd. */
const shareOf = ({ planned, started }: BusiestSecond) =>
  planned === 0 ? 1 : (started + 1) / planned

/** A generator whose event loop is stuck reads answers late, whenever they came. */
function eventLoopStuck({ name, blocks }: JudgedArm, lateMsMax: number): string | null {
  const delayMs = Math.max(0, ...blocks.map(({ eventLoopDelayMs }) => eventLoopDelayMs ?? 0))
  if (delayMs <= lateMsMax) return null
  const stuck = `The generator’s event loop was stuck under ${name}: p99 ${amount(delayMs)} ms`
  return `${stuck} (limit ${lateMsMax} ms).`
}

/**
 * 3: a generator that uses up what it can measures itself: the simulator one core, k6 all of them
 * in its worst second, and one on average.
 */
const generatorSaturated: Rule<'arms' | 'plan'> = ({ arms, plan }) =>
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

/** 3: why the crowd that arrived is not the one planned. @param p99MsMax of the objective */
export function crowdNotSent(arms: readonly JudgedArm[], p99MsMax: number): Finding[] {
  const lateMsMax = TRUST.lateShareOfTargetMax * p99MsMax
  return [startedLate, spikeTooFlat, eventLoopStuck].flatMap((reasonOf) =>
    untrustedArms(arms, (arm) => reasonOf(arm, lateMsMax)),
  )
}

/** What must hold of the generator. */
export const generatorTrust: Rule[] = [
  loadDropped,
  ({ arms, plan }) => crowdNotSent(arms, termsOf(plan).objective.p99MsMax),
  generatorSaturated,
]
