import type { Plan } from '../../run/result.ts'
import { amount } from '../format.ts'
import type { Finding } from '../result.ts'
import { P99_SAMPLES_MIN } from '../summarize.ts'
import { failure, type Rule, remark } from './rule.ts'

/** What the arm under judgement must reach: issue 3, "What must show". */
export const TARGETS = { servedPercentMin: 99, p99MsMax: 500, deadlocksMax: 0 } as const

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
