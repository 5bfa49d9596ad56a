import type { JudgedArm } from '../judged-run.ts'
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

/** Share of an arm's offered journeys that the generator could not start, 0..100. */
export function droppedPercentOf({ report }: JudgedArm): number {
  return report.offered === 0 ? 0 : (report.dropped / report.offered) * 100
}
