import type { Block, Plan } from '../../run/result.ts'
import { type Rule, untrusted } from './rule.ts'
import { TRUST } from './trust-limits.ts'

/** 3: a fault that did not act when it should have, in every block, shows nothing of any arm. */
export const faultsActed: Rule<'arms' | 'plan'> = ({ arms, plan }) =>
  arms.flatMap(({ name, blocks }) =>
    plan.faults.flatMap((fault, at) => {
      const wrong = blocks.flatMap((block) => {
        const flaw = flawOf(fault, block, at)
        return flaw === null ? [] : [`${flaw} in block ${block.index + 1}`]
      })
      if (wrong.length === 0) return []
      const more = wrong.length > 1 ? `, and failed in ${wrong.length - 1} more` : ''
      return [untrusted(`The fault ${fault.name} ${wrong[0]} of ${name}${more}.`)]
    }),
  )

/** Why a planned fault does not count in this block; null where it does. */
function flawOf(fault: Plan['faults'][number], block: Block, at: number): string | null {
  const played = block.faults[at]
  if (played?.name !== fault.name) return 'was not switched on'
  const offMs = played.startMs - (block.crowdStartMs + fault.fromSeconds * 1000)
  if (Math.abs(offMs) > TRUST.faultOffMsMax) {
    return `began ${Math.round(Math.abs(offMs))} ms ${offMs > 0 ? 'late' : 'early'}`
  }
  return played.injected > 0 ? null : 'never acted'
}
