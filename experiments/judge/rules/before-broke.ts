import { amount } from '../format.ts'
import { comparesDesigns, type JudgedRun } from '../judged-run.ts'
import { termsOf } from '../terms.ts'
import { partsOf } from './objective.ts'
import { checksWith, type Rule, remark, untrusted } from './rule.ts'

/**
 * 3: if the old design held, the crowd was too small to prove anything about the new one. It broke
 * where it missed the objective that after must reach, or where its audit is red; deadlocks and
 * lock waits explain that, and are no evidence of it. Where nothing better is expected, a remark.
 */
export const beforeBroke: Rule = (run) => {
  const { before, plan } = run
  if (!before || !comparesDesigns(run)) return []
  const { objective, expect } = termsOf(plan)
  const broken = checksWith('false', before).length
  const signs = [
    ...partsOf(before, objective).flatMap(({ answer, text }) => (answer === 'missed' ? text : [])),
    ...(broken > 0 ? [`${broken} of ${before.report.checkers.length} checks broken`] : []),
  ]
  const { deadlocks, lockWaits } = before.report
  const why = `${amount(deadlocks)} deadlocks, ${amount(lockWaits)} lock waits`
  if (signs.length > 0) return [remark(`Broke, as it should: ${signs.join('; ')} (${why}).`)]
  const held = `${before.name} reached the objective too (${why})`
  if (expect !== 'better') return [remark(`${held}.`)]
  const reason = `${held}: the rehearsal proved nothing. ${whatWouldBreakIt(run)}.`
  return [{ ...untrusted(reason), forbidsClaim: false }]
}

function whatWouldBreakIt({ plan, before, after }: JudgedRun): string {
  if (!plan.found) return 'Raise the rate or add a fault'
  const served = Math.floor(plan.found.servedPerSecond)
  const slowBank = `'bank:{"latencyMs":500}@0s..${plan.durationSeconds}s'`
  return (
    `${before?.name} holds ${plan.rate}/s, and ${after.name} serves about ${served}/s here: try ` +
    `--rate ${served}, or a slower bank: --fault ${slowBank}`
  )
}
