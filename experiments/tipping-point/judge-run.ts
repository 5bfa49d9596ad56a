import { parseDesign } from '../../server/designs/design.ts'
import { auditOf, brokenIn } from '../judge/audit.ts'
import { blockRecovery } from '../judge/recovery.ts'
import type { Audit, Finding } from '../judge/result.ts'
import { crowdNotSent } from '../judge/rules/generator.ts'
import { clockStepped } from '../judge/rules/machine.ts'
import { armReport } from '../judge/summarize.ts'
import { objectiveUsual } from '../judge/terms.ts'
import type { Block, Plan } from '../run/result.ts'
import type { Tried } from './search.ts'

/** One audited run of a design, and whether it got over the fault. */
export interface TippingRun extends Tried {
  rate: number
  /** Why it cannot say; empty where it can. */
  reasons: string[]
  /** Shares of those who came that were served, 0..100; null where it cannot say. */
  servedBeforePercent: number | null
  servedDuringPercent: number | null
  /** Requests for each thing wanted while the fault was on. */
  attemptsDuring: number | null
  /** From the end of the fault; null = it did not recover, or cannot say. */
  recoveredAfterMs: number | null
  /** How often the fault has bitten. */
  injected: number
  audit: Audit
}

export function judgeRun(plan: Plan, design: string, block: Block): TippingRun {
  const report = armReport(design, [block])
  const arms = [{ name: block.arm, design, blocks: [block], report }]
  const audit = auditOf(report, parseDesign(design).knownBad)
  const found = blockRecovery(plan, block)
  const injected = block.faults.reduce((sum, fault) => sum + fault.injected, 0)
  const distrust = [
    ...[...crowdNotSent(arms, objectiveUsual.p99MsMax), ...clockStepped({ arms })].map(reasonOf),
    ...(injected === 0 ? ['the fault did not bite'] : []),
    ...(audit === 'unknown' ? ['the audit could not be made'] : []),
    ...(audit === 'red' ? [`audit red: ${brokenIn(report).join(', ')}`] : []),
  ]
  const isKnown = typeof found !== 'string'
  const isBack = isKnown && found.recoveredAfterMs !== null
  // A crowd that came late was milder, during the fault too.
  const reasons = isKnown ? distrust : [found, ...distrust]
  const [fault] = plan.faults
  return {
    rate: plan.rate,
    triggerSeconds: fault ? fault.toSeconds - fault.fromSeconds : 0,
    outcome: reasons.length > 0 ? 'unknown' : isBack ? 'recovered' : 'stayed-down',
    reasons,
    servedBeforePercent: isKnown ? found.beforePercent : null,
    servedDuringPercent: isKnown ? found.duringPercent : null,
    attemptsDuring: isKnown ? found.attemptsDuring : null,
    recoveredAfterMs: isKnown ? found.recoveredAfterMs : null,
    ...{ injected, audit },
  }
}

const reasonOf = ({ reason }: Finding) => reason
