import { duration } from '../format.ts'
import { armRecovery } from '../recovery.ts'
import type { Finding } from '../result.ts'
import { failure, type Rule, remark } from './rule.ts'

/** 2: the arm under judgement does not serve as before once the faults are over. */
export const notRecovered: Rule = ({ arms, after, plan }) => {
  if (plan.faults.length === 0) return []
  return arms.flatMap((arm): Finding[] => {
    const found = armRecovery(plan, arm.blocks)
    if (typeof found === 'string') {
      return [remark(`Whether ${arm.name} recovered is not known: ${found}.`)]
    }
    const { blocks, recovered, watchedMs } = found
    if (recovered === blocks) return []
    const sentence =
      `${arm.name} did not recover in ${blocks - recovered} of ${blocks} blocks, watched for ` +
      `${duration(watchedMs)} after the fault.`
    return [arm === after ? failure('target-missed', sentence) : remark(sentence)]
  })
}
