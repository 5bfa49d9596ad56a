import { amount, duration } from '../format.ts'
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

/** Most of the effects of paid orders that may end dead, in percent. */
export const deadPercentMax = 1

/** 2: every dead effect has its alert, and yet a partner learned nothing of the sale. */
export const effectsDead: Rule = ({ after, plan }) => {
  const ended = after.blocks.flatMap(({ effects }) => effects ?? [])
  const dead = ended.reduce((sum, block) => sum + block.dead, 0)
  const due = ended.reduce((sum, block) => sum + block.due, 0)
  if (dead * 100 <= due * deadPercentMax) return []
  return [
    missed(
      plan,
      `${amount(dead)} of the ${amount(due)} effects of paid orders of ${after.name} ended dead ` +
        `(limit ${deadPercentMax} %).`,
    ),
  ]
}
