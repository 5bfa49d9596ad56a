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
      ? [ratioSentence('p99 checkout time', names, [p99, decisions.p99, visible.p99], margin)]
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

function missingP99Remarks({ goodput, p99 }: Comparison): string[] {
  if (!p99) return ['No pair of blocks has checkouts in both arms: there is no p99 ratio.']
  if (p99.pairs === goodput.pairs) return []
  return [`The p99 ratio rests on ${p99.pairs} of ${goodput.pairs} pairs of blocks.`]
}

function survivorRemarks({ arms }: JudgedRun): string[] {
  return arms
    .filter(({ report }) => report.servedPercent < 99 && report.latencyMs !== null)
    .map(
      ({ name, report }) =>
        `The checkout times of ${name} are those of the ${report.servedPercent.toFixed(1)} % ` +
        'that it served; customers who failed or gave up are not in them.',
    )
}

function sameDesignRemarks({ before, after }: JudgedRun, { effect }: Comparison): string[] {
  if (before?.design !== after.design) return []
  return effect === 'none' || effect === 'undecided'
    ? ['Both arms are the same design: this rehearsal measures the noise.']
    : ['Both arms are the same design and yet differ: the test bed favours one of them.']
}
