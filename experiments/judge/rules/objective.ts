import type { Block, Objective, Plan } from '../../run/result.ts'
import { amount, duration, percent, timeWords } from '../format.ts'
import { endsOf } from '../inference.ts'
import type { JudgedArm } from '../judged-run.ts'
import type { Finding } from '../result.ts'
import { P99_SAMPLES_MIN, servedPercentOf } from '../summarize.ts'
import { termsOf } from '../terms.ts'
import { withinPercentOf } from '../times.ts'
import { failure, type Rule, remark } from './rule.ts'

/** Share of all that came within a time that the objective limits: the 99th percentile. */
const withinPercentMin = 99
/** A deadlock is a rolled-back order, whether or not a retry hid it. */
const deadlocksMax = 0

export type Answer = 'reached' | 'missed' | 'undecided'

/** One part of the service objective, and whether an arm reaches it. */
export interface Part {
  answer: Answer
  /** `p99 of after is 480 ms (target 500 ms)` */
  text: string
}

/** Whether an arm reaches the service objective, part by part, over all that came. */
export function partsOf(arm: JudgedArm, objective: Objective): Part[] {
  const { servedPercentMin, p99MsMax, sojournMsMax } = objective
  const { name, blocks, report } = arm
  const within = (stretch: 'checkout' | 'sojourn', msMax: number) =>
    answerOf(
      blocks.map((block) => withinPercentOf(block, stretch, msMax) ?? 0),
      withinPercentMin,
    )
  const checkout = report.checkoutMs
  const thin = (checkout?.samples ?? 0) < P99_SAMPLES_MIN
  const indicative = thin ? `, indicative: ${amount(checkout?.samples ?? 0)} checkouts` : ''
  return [
    {
      answer: answerOf(blocks.map(servedPercentOfBlock), servedPercentMin),
      text: `${name} served ${percent(report.servedPercent)} (target ${servedPercentMin} %)`,
    },
    {
      answer: checkout ? within('checkout', p99MsMax) : 'missed',
      text: checkout
        ? `p99 of ${name} over all that came is ${timeWords(checkout.p99)} ` +
          `(target ${duration(p99MsMax)}${indicative})`
        : `no checkout of ${name} was served`,
    },
    {
      answer: within('sojourn', sojournMsMax),
      text:
        `p99 of ${name} from arrival to end is ` +
        `${report.sojournMs ? timeWords(report.sojournMs.p99) : 'unknown'} ` +
        `(target ${duration(sojournMsMax)})`,
    },
  ]
}

const servedPercentOfBlock = (block: Block) => servedPercentOf([block])

/**
 * Reached where the whole interval over blocks is at least the target, missed where it is below.
 * Of fewer than six blocks, where all of them are.
 */
export function answerOf(percents: readonly number[], percentMin: number): Answer {
  const [low, high] = endsOf(percents)
  if (low >= percentMin) return 'reached'
  return high < percentMin ? 'missed' : 'undecided'
}

/** 2: the arm under judgement misses a part of the objective, or is not shown to reach it. */
export const objectiveMissed: Rule = ({ after, plan }) => {
  const parts = partsOf(after, termsOf(plan).objective)
  const having = (wanted: Answer) =>
    parts.filter(({ answer }) => answer === wanted).map(({ text }) => text)
  const [failed, open] = [having('missed'), having('undecided')]
  return [
    ...(failed.length > 0 ? [missed(plan, `Objective missed: ${failed.join('; ')}.`)] : []),
    ...(open.length > 0
      ? [missed(plan, `Objective not shown to be reached in every block: ${open.join('; ')}.`)]
      : []),
  ]
}

/** The objective is for the sale itself: with faults on, falling short is reported, not judged. */
export function missed({ faults }: Plan, reason: string): Finding {
  if (faults.length === 0) return failure('target-missed', reason)
  return remark(`With faults on, for which there is no target: ${reason}`)
}

/** 2: deadlocks of the arm under judgement. */
export const deadlocked: Rule = ({ after }) => {
  const { deadlocks } = after.report
  if (deadlocks <= deadlocksMax) return []
  return [failure('target-missed', `${after.name} had ${amount(deadlocks)} deadlocks (target 0).`)]
}
