import type { Block } from '../run/result.ts'
import { type Decision, decide, decideTogether, estimate, smallestVisible } from './inference.ts'
import type { JudgedArm } from './judged-run.ts'
import type { Comparison, NoiseFloor } from './result.ts'
import { noiseFloorOf } from './statistics.ts'
import { crowdSecondsOf, goodputPerSecondOf, latencyOf } from './summarize.ts'

/** The p99 of the served compares two designs only where about as many were served. */
const servedPointsApartMax = 5

/**
 * One arm ÷ another, pair by pair: the k-th block of one with the k-th of the other, which met the
 * same crowd. Null without a pair.
 * @param margin differences up to it do not matter: 0.05 = 5 %
 */
export function compareArms(from: JudgedArm, to: JudgedArm, margin: number): Comparison | null {
  const pairs = pairsOf(from, to)
  if (pairs.length === 0) return null
  const goodputs = pairs.map(([before, after]) => pairableGoodput(after) / pairableGoodput(before))
  const p99s = pairs.flatMap(([before, after]) => p99Ratio(before, after) ?? [])
  const hasP99 = p99s.length > 0
  const [goodput, p99] = hasP99
    ? decideTogether(goodputs, p99s, margin)
    : [decide(goodputs, margin), null]
  const apart = Math.abs(from.report.servedPercent - to.report.servedPercent)
  return {
    with: from.name,
    goodput: estimate(goodputs),
    p99: hasP99 ? estimate(p99s) : null,
    noiseFloor: noiseFloorOfArms([from, to]),
    margin,
    decisions: { goodput, p99 },
    visible: {
      goodput: smallestVisible(goodputs, margin),
      p99: hasP99 ? smallestVisible(p99s, margin) : null,
    },
    effect: effectOf(goodput, apart <= servedPointsApartMax ? p99 : null),
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

/** @param p99 null where it compares nothing */
function effectOf(goodput: Decision, p99: Decision | null): Comparison['effect'] {
  if (goodput === 'higher') return 'better'
  if (goodput === 'lower') return 'worse'
  if (goodput === 'undecided' || p99 === 'undecided') return 'undecided'
  if (p99 === 'lower') return 'better'
  return p99 === 'higher' ? 'worse' : 'none'
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
