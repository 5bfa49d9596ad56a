import { caveatsOf } from '../judge/caveats.ts'
import type { JudgedRun } from '../judge/judged-run.ts'
import type { Comparison, Finding } from '../judge/result.ts'
import { ratioSentence } from '../judge/rules/expectation.ts'
import { machineBusy } from '../judge/rules/generator.ts'

/** What the ratios show, a sentence each. */
export function claimsOf({ before, after }: JudgedRun, comparison: Comparison): string[] {
  const { goodput, p99, decisions, visible, margin } = comparison
  const names = [before?.name ?? '', after.name] as const
  const found = [goodput, decisions.goodput, visible.goodput] as const
  return [
    ratioSentence('Goodput', names, found, margin),
    ...(p99 && decisions.p99
      ? [
          ratioSentence(
            'p99 checkout time (all that came)',
            names,
            [p99, decisions.p99, visible.p99],
            margin,
          ),
        ]
      : []),
  ]
}

/** What a reader should know of the arms, whatever is claimed. */
export const runRemarks = (run: JudgedRun): Finding[] => [machineBusy].flatMap((rule) => rule(run))

/** What a reader must know about the ratios, a sentence each. */
export const comparisonRemarks = (run: JudgedRun, comparison: Comparison): string[] => [
  ...caveatsOf(run.arms),
  ...missingP99Remarks(comparison),
  ...survivorRemarks(run),
  ...sameDesignRemarks(run, comparison),
]

const missingP99Remarks = ({ p99 }: Comparison): string[] =>
  p99 ? [] : ['There is no p99 ratio: in a pair, both arms failed over 1 % of their customers.']

function survivorRemarks({ arms }: JudgedRun): string[] {
  return arms
    .filter(({ report }) => report.servedPercent < 99 && report.latencyMs !== null)
    .map(
      ({ name, report }) =>
        `Times of the served alone of ${name} are those of ${report.servedPercent.toFixed(1)} %; ` +
        'customers who failed or gave up are not in them.',
    )
}

function sameDesignRemarks({ before, after }: JudgedRun, { effect }: Comparison): string[] {
  if (before?.design !== after.design) return []
  return effect === 'none' || effect === 'undecided'
    ? ['Both arms are the same design: this rehearsal measures the noise.']
    : ['Both arms are the same design and yet differ: the test bed favours one of them.']
}
