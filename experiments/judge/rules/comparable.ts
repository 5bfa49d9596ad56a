import type { Block } from '../../run/result.ts'
import { amount } from '../format.ts'
import { type Rule, remark, untrusted } from './rule.ts'
import { TRUST } from './trust-limits.ts'

/**
 * 3: arms that saw different crowds cannot be compared. What arrived is compared pair by pair, not
 * the plan, which is the same for both: how many, who, and when.
 */
export const loadsDiffer: Rule = ({ before, after }) => {
  if (!before) return []
  const found = before.blocks.flatMap((block, pair) => {
    const other = after.blocks[pair]
    const why = other && differenceOf(block, other)
    return why ? [`pair ${pair + 1}: ${why}`] : []
  })
  const [first] = found
  if (first === undefined) return []
  return [
    untrusted(
      `The arms ${before.name} and ${after.name} saw different crowds in ${found.length} of ` +
        `${before.blocks.length} pairs: ${first}.`,
    ),
  ]
}

/** How the crowds of two blocks differ in what arrived; undefined where they do not. */
function differenceOf(one: Block, other: Block): string | undefined {
  const apart = Math.abs(one.started - other.started) / Math.max(1, one.started, other.started)
  if (apart * 100 > TRUST.loadDifferencePercentMax) {
    return `${amount(one.started)} and ${amount(other.started)} journeys arrived`
  }
  const users = new Map(one.history.map(({ index, userId }) => [index, userId]))
  const swapped = other.history.find(({ index, userId }) => (users.get(index) ?? userId) !== userId)
  if (swapped) return `journey ${swapped.index} was another customer`
  const gap = largestGap(one, other)
  if (gap.percent <= TRUST.arrivalGapPercentMax) return undefined
  return `after ${gap.second} s the arrivals were ${gap.percent.toFixed(1)} % of the crowd apart`
}

/**
 * The largest distance between the shares that had arrived by the end of a second (Kolmogorov and
 * Smirnov), of journeys that both have: one that was cut off has no line.
 */
function largestGap(one: Block, other: Block): { second: number; percent: number } {
  const both = new Set(one.history.map(({ index }) => index))
  const common = new Set(other.history.flatMap(({ index }) => (both.has(index) ? index : [])))
  const counts = new Map<number, number>()
  for (const [block, sign] of [
    [one, 1],
    [other, -1],
  ] as const) {
    for (const { index, startedMs } of block.history) {
      if (!common.has(index)) continue
      const second = Math.floor((startedMs - block.crowdStartMs) / 1000) + 1
      counts.set(second, (counts.get(second) ?? 0) + sign)
    }
  }
  let [ahead, worst] = [0, { second: 0, percent: 0 }]
  for (const [second, difference] of [...counts].sort(([a], [b]) => a - b)) {
    ahead += difference
    const percent = (100 * Math.abs(ahead)) / Math.max(1, common.size)
    if (percent > worst.percent) worst = { second, percent }
  }
  return worst
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
