import type { Block } from '../run/result.ts'
import type { JudgedArm } from './judged-run.ts'
import type { Comparison, NoiseFloor } from './result.ts'
import { directionOf, noiseFloorOf, ratioOf } from './statistics.ts'
import { crowdSecondsOf, goodputPerSecondOf, latencyOf } from './summarize.ts'

/** The p99 of the served compares two designs only where about as many were served. */
const servedPointsApartMax = 5

/**
 * One arm ÷ another, pair by pair: the k-th block of one with the k-th of the other, which met the
 * same crowd. Null without a pair, or without a second block that shows the noise.
 */
export function compareArms(from: JudgedArm, to: JudgedArm, seed: number): Comparison | null {
  const pairs = pairsOf(from, to)
  const noiseFloor = noiseFloorOfArms([from, to])
  if (pairs.length === 0 || !noiseFloor) return null
  const goodput = ratioOf(
    pairs.map(([before, after]) => pairableGoodput(after) / pairableGoodput(before)),
    seed,
  )
  const p99s = pairs.flatMap(([before, after]) => p99Ratio(before, after) ?? [])
  const p99 = p99s.length === 0 ? null : ratioOf(p99s, seed)
  const directions = {
    goodput: directionOf(goodput, noiseFloor.goodput),
    p99: p99 && noiseFloor.p99 !== null ? directionOf(p99, noiseFloor.p99) : null,
  }
  const apart = Math.abs(from.report.servedPercent - to.report.servedPercent)
  return {
    with: from.name,
    goodput,
    p99,
    pairs: { goodput: pairs.length, p99: p99s.length },
    noiseFloor,
    directions,
    effect: effectOf(directions, apart <= servedPointsApartMax),
  }
}

/** Largest relative difference between consecutive blocks of one arm; null under two blocks. */
export function noiseFloorOfArms(arms: readonly JudgedArm[]): NoiseFloor | null {
  const goodput = noiseFloorOf(arms.map(({ blocks }) => blocks.map(pairableGoodput)))
  const p99 = noiseFloorOf(
    arms.map(({ blocks }) => blocks.flatMap((block) => latencyOf([block])?.p99 || [])),
  )
  return goodput === null ? null : { goodput, p99 }
}

function effectOf(
  { goodput, p99 }: Comparison['directions'],
  isServedAlike: boolean,
): Comparison['effect'] {
  if (goodput !== 'none') return goodput === 'higher' ? 'better' : 'worse'
  if (!isServedAlike || p99 === null || p99 === 'none') return 'none'
  return p99 === 'lower' ? 'better' : 'worse'
}

function pairsOf(from: JudgedArm, to: JudgedArm): [Block, Block][] {
  return from.blocks.flatMap((block, index): [Block, Block][] => {
    const partner = to.blocks[index]
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
