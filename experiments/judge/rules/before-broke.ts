import { amount } from '../format.ts'
import { comparesDesigns } from '../judged-run.ts'
import { checksWith, type Rule, remark, untrusted } from './rule.ts'

/** 3: if the old design held, the crowd was too small to prove anything about the new one. */
export const beforeDidNotBreak =
  (goodputNoise: number): Rule =>
  (run) => {
    const { before, after } = run
    if (!before || !comparesDesigns(run)) return []
    const { report } = before
    const { failed, unknown } = report.outcomes
    const slower = report.goodputPerSecond * (1 + goodputNoise) < after.report.goodputPerSecond
    const broken = checksWith('false', before).length
    const signs = [
      report.deadlocks > 0 ? `${amount(report.deadlocks)} deadlocks` : '',
      report.lockWaits > 0 ? `${amount(report.lockWaits)} lock waits` : '',
      failed + unknown > 0 ? `${amount(failed + unknown)} journeys failed or unknown` : '',
      slower ? 'less goodput' : '',
      broken > 0 ? `${broken} of ${report.checkers.length} checks broken` : '',
    ].filter((sign) => sign !== '')
    if (signs.length > 0) return [remark(`${before.name} broke, as expected: ${signs.join(', ')}.`)]
    return [
      untrusted(
        `${before.name} did not break: the rehearsal proved nothing. ` +
          'Raise the rate or add a fault.',
      ),
    ]
  }
