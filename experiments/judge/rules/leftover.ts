import { duration } from '../format.ts'
import { missed } from './objective.ts'
import type { Rule } from './rule.ts'

/** Longest time after the last arrival until nothing is left to do. */
export const restMsMax = 10_000

/** 2: work that was put off until the crowd had gone is no throughput. */
export const workLeft: Rule = ({ after, plan }) => {
  const [latest] = after.blocks.toSorted((a, b) => (b.quietAfterMs ?? 0) - (a.quietAfterMs ?? 0))
  const { quietAfterMs = null, workLeft: left = [] } = latest ?? {}
  if (quietAfterMs === null || quietAfterMs <= restMsMax) return []
  const what = left.length > 0 ? `: ${left.join(', ')} when the crowd had gone` : ''
  return [
    missed(
      plan,
      `${after.name} worked for ${duration(quietAfterMs)} after the last arrival ` +
        `(limit ${duration(restMsMax)})${what}.`,
    ),
  ]
}
