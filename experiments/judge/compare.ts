import type { Block, Ratio, Report } from '../run/result.ts'
import { amount, interval } from './format.ts'
import type { Session } from './session.ts'
import { directionOf, noiseFloorOf, ratioOf } from './statistics.ts'
import { crowdSecondsOf, goodputPerSecondOf, latencyOf, P99_SAMPLES_MIN } from './summarize.ts'

/** Pairs below which a 95 % interval of a median is only indicative (benchstat: six a side). */
export const PAIRS_MIN_FOR_INTERVAL = 6

/** The figures of a comparison and what they rest on. */
export interface Comparison {
  ratios: NonNullable<Report['ratios']>
  claims: string[]
  /** What a reader must know about the ratios. */
  caveats: string[]
}

/**
 * After ÷ before, pair by pair: the k-th block of one arm with the k-th of the other, which are
 * neighbours in ABBA order. Null when there is nothing to pair.
 */
export function compare(session: Session, noiseFloor: Report['noiseFloor']): Comparison | null {
  const pairs = pairsOf(session)
  if (pairs.length === 0) return null
  const { seed } = session.plan
  const goodput = ratioOf(
    pairs.map(([before, after]) => pairableGoodput(after) / pairableGoodput(before)),
    seed,
  )
  const p99s = pairs.flatMap(([before, after]) => p99Ratio(before, after) ?? [])
  const p99 = p99s.length === 0 ? null : ratioOf(p99s, seed)
  return {
    ratios: { goodput, p99 },
    claims: [
      claimOf('Goodput', session, goodput, noiseFloor?.goodput ?? null),
      ...(p99 ? [claimOf('p99 checkout time', session, p99, noiseFloor?.p99 ?? null)] : []),
    ],
    caveats: [
      ...caveatsOfCount(pairs.length, p99s.length),
      ...zeroGoodputCaveats(session),
      ...thinSampleCaveats(session),
      ...survivorCaveats(session),
      ...sameDesignCaveats(session, goodput, noiseFloor),
    ],
  }
}

/** Largest relative difference between consecutive blocks of one arm; null under two blocks. */
export function noiseFloorOfSession({ arms }: Session): Report['noiseFloor'] {
  const goodput = noiseFloorOf(arms.map(({ blocks }) => blocks.map(pairableGoodput)))
  const p99 = noiseFloorOf(
    arms.map(({ blocks }) => blocks.flatMap((block) => latencyOf([block])?.p99 || [])),
  )
  return goodput === null ? null : { goodput, p99 }
}

/** One sentence: which way a ratio points, or that it does not clear the noise. */
export function claimOf(
  what: string,
  { before, after }: Session,
  ratio: Ratio,
  noiseFloor: number | null,
): string {
  if (noiseFloor === null) return `${what}: the noise is unknown, so no difference is claimed.`
  const direction = directionOf(ratio, noiseFloor)
  const figures = `${interval(ratio)}, noise floor ${Math.round(noiseFloor * 100)} %`
  if (direction === 'none') return `${what}: no difference beyond noise: ${figures}.`
  return `${what} of ${after.name} is ${direction} than of ${before?.name}: ${figures}.`
}

function pairsOf({ before, after }: Session): [Block, Block][] {
  if (!before) return []
  return before.blocks.flatMap((block, index): [Block, Block][] => {
    const partner = after.blocks[index]
    return partner ? [[block, partner]] : []
  })
}

/** Goodput with a floor of one paid order over the block: a ratio with zero says nothing. */
function pairableGoodput(block: Block): number {
  return goodputPerSecondOf([block]) || 1 / Math.max(0.001, crowdSecondsOf([block]))
}

function p99Ratio(before: Block, after: Block): number | null {
  const [slow, fast] = [latencyOf([before])?.p99, latencyOf([after])?.p99]
  return slow && fast ? fast / slow : null
}

function caveatsOfCount(pairs: number, p99s: number): string[] {
  return [
    pairs < PAIRS_MIN_FOR_INTERVAL
      ? `The intervals rest on ${pairs} pairs of blocks: indicative; ` +
        `${PAIRS_MIN_FOR_INTERVAL} or more make a 95 % interval.`
      : '',
    p99s === 0 ? 'No pair of blocks has checkouts in both arms: there is no p99 ratio.' : '',
    p99s > 0 && p99s < pairs ? `The p99 ratio rests on ${p99s} of ${pairs} pairs of blocks.` : '',
  ].filter((text) => text !== '')
}

function zeroGoodputCaveats({ before, after }: Session): string[] {
  return [before, after].flatMap((arm) => {
    const zero = arm?.blocks.filter((block) => goodputPerSecondOf([block]) === 0) ?? []
    if (!arm || zero.length === 0) return []
    return [
      `${arm.name} was paid nothing in ${zero.length} of ${arm.blocks.length} blocks: counted as ` +
        `one paid order over the block, so the ratio is a bound.`,
    ]
  })
}

function thinSampleCaveats({ arms }: Session): string[] {
  const [thinnest] = arms
    .flatMap(({ name, blocks }) =>
      blocks.map((block) => ({ name, samples: latencyOf([block])?.samples ?? 0 })),
    )
    .sort((a, b) => a.samples - b.samples)
  if (!thinnest || thinnest.samples >= P99_SAMPLES_MIN) return []
  return [
    `The p99 ratio is indicative: the thinnest block of ${thinnest.name} has ` +
      `${amount(thinnest.samples)} checkouts, a p99 needs ${amount(P99_SAMPLES_MIN)}.`,
  ]
}

function survivorCaveats({ arms }: Session): string[] {
  return arms
    .filter(({ report }) => report.servedPercent < 99 && report.latencyMs !== null)
    .map(
      ({ name, report }) =>
        `The checkout times of ${name} are those of the ${report.servedPercent.toFixed(1)} % ` +
        'that it served; whoever failed or gave up is not in them.',
    )
}

function sameDesignCaveats(
  { before, after }: Session,
  goodput: Ratio,
  noiseFloor: Report['noiseFloor'],
): string[] {
  if (!before || before.design !== after.design) return []
  if (!noiseFloor || directionOf(goodput, noiseFloor.goodput) === 'none') {
    return ['Both arms are the same design: this rehearsal measures the noise.']
  }
  return ['Both arms are the same design and yet differ: the rig favours one of them.']
}
