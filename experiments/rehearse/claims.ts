import { caveatsOf } from '../judge/caveats.ts'
import { interval } from '../judge/format.ts'
import type { JudgedRun } from '../judge/judged-run.ts'
import type { Comparison, Direction, Finding } from '../judge/result.ts'
import { machineBusy } from '../judge/rules/generator.ts'
import type { Ratio } from '../run/result.ts'

/** What the ratios show, a sentence each. */
export function claimsOf(run: JudgedRun, comparison: Comparison): string[] {
  const { goodput, p99, directions, noiseFloor } = comparison
  const ofGoodput = claimOf('Goodput', run, goodput, directions.goodput, noiseFloor.goodput)
  if (!p99) return [ofGoodput]
  return [ofGoodput, claimOf('p99 checkout time', run, p99, directions.p99, noiseFloor.p99)]
}

/** Which way a ratio points, or that it does not clear the noise. */
function claimOf(
  what: string,
  { before, after }: JudgedRun,
  ratio: Ratio,
  direction: Direction | null,
  noiseFloor: number | null,
): string {
  if (direction === null || noiseFloor === null) {
    return `${what}: the noise is unknown, so no difference is claimed.`
  }
  const figures = `${interval(ratio)}, noise floor ${Math.round(noiseFloor * 100)} %`
  if (direction === 'none') return `${what}: no difference beyond noise: ${figures}.`
  return `${what} of ${after.name} is ${direction} than of ${before?.name}: ${figures}.`
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

function missingP99Remarks({ pairs }: Comparison): string[] {
  if (pairs.p99 === 0) {
    return ['No pair of blocks has checkouts in both arms: there is no p99 ratio.']
  }
  if (pairs.p99 === pairs.goodput) return []
  return [`The p99 ratio rests on ${pairs.p99} of ${pairs.goodput} pairs of blocks.`]
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

function sameDesignRemarks({ before, after }: JudgedRun, { directions }: Comparison): string[] {
  if (before?.design !== after.design) return []
  return directions.goodput === 'none'
    ? ['Both arms are the same design: this rehearsal measures the noise.']
    : ['Both arms are the same design and yet differ: the test bed favours one of them.']
}
