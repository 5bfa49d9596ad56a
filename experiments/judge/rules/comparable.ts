import type { JudgedArm } from '../judged-run.ts'
import { type Rule, remark, untrusted } from './rule.ts'
import { TRUST } from './trust-limits.ts'

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

function offeredPerSecond({ report, blocks }: JudgedArm): number {
  const ms = blocks.reduce((sum, block) => sum + block.crowdEndMs - block.crowdStartMs, 0)
  return ms === 0 ? 0 : report.offered / (ms / 1000)
}
