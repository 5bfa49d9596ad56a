import type { Block } from '../run/result.ts'
import {
  type Decision,
  decide,
  decideTogether,
  estimate,
  type Judged,
  smallestVisible,
} from './inference.ts'
import type { JudgedArm } from './judged-run.ts'
import type { Bound, Comparison, NoiseFloor } from './result.ts'
import { noiseFloorOf } from './statistics.ts'
import { crowdSecondsOf, goodputPerSecondOf } from './summarize.ts'
import { type Stretch, timesOf } from './times.ts'

/**
 * One arm ÷ another, pair by pair: the k-th block of one with the k-th of the other, which met the
 * same crowd. Null without a pair.
 * @param margin differences up to it do not matter: 0.05 = 5 %
 */
export function compareArms(from: JudgedArm, to: JudgedArm, margin: number): Comparison | null {
  const pairs = pairsOf(from, to)
  if (pairs.length === 0) return null
  const goodputs = pairs.map(([before, after]) => pairableGoodput(after) / pairableGoodput(before))
  const checkout = timeRatios(pairs, 'checkout')
  const sojourn = timeRatios(pairs, 'sojourn')
  const [goodput, decided]: [Judged, Judged | null] = checkout
    ? decideTogether(goodputs, checkout.ratios, margin)
    : [{ decision: decide(goodputs, margin), visible: smallestVisible(goodputs, margin) }, null]
  const p99 = checkout && decided ? provable(decided.decision, checkout.bound) : null
  return {
    with: from.name,
    goodput: estimate(goodputs),
    p99: checkout && { ...estimate(checkout.ratios), bound: checkout.bound },
    sojourn: sojourn && { ...estimate(sojourn.ratios), bound: sojourn.bound },
    pairRatios: { goodput: goodputs, p99: checkout?.ratios ?? [] },
    noiseFloor: noiseFloorOfArms([from, to]),
    margin,
    decisions: { goodput: goodput.decision, p99 },
    visible: { goodput: goodput.visible, p99: decided?.visible ?? null },
    effect: effectOf(goodput.decision, p99),
  }
}

interface TimeRatios {
  ratios: number[]
  bound: Bound
}

/**
 * Ratios of the 99th percentiles over all that came. One that is only known to be more makes its
 * ratio a bound; null where both of a pair are, or where none came.
 */
function timeRatios(pairs: readonly [Block, Block][], stretch: Stretch): TimeRatios | null {
  const times = pairs.map((pair) => pair.map((block) => timesOf([block], stretch)?.p99))
  const bounds = new Set<Bound>()
  const ratios = times.flatMap(([one, other]) => {
    if (!one?.ms || !other?.ms || (one.isBound && other.isBound)) return []
    bounds.add(one.isBound ? 'at most' : other.isBound ? 'at least' : null)
    return other.ms / one.ms
  })
  bounds.delete(null)
  if (ratios.length < pairs.length || bounds.size > 1) return null
  return { ratios, bound: [...bounds][0] ?? null }
}

/** What is at most so high may be lower still, and is neither equivalent nor higher. */
export function provable(decision: Decision, bound: Bound): Decision {
  if (bound === null) return decision
  return decision === (bound === 'at most' ? 'lower' : 'higher') ? decision : 'undecided'
}

/** Largest relative difference between consecutive blocks of one arm; null under two blocks. */
export function noiseFloorOfArms(arms: readonly JudgedArm[]): NoiseFloor | null {
  const goodput = noiseFloorOf(arms.map(({ blocks }) => blocks.map(pairableGoodput)))
  const p99 = noiseFloorOf(
    arms.map(({ blocks }) => blocks.flatMap((block) => timesOf([block], 'checkout')?.p99.ms || [])),
  )
  return goodput === null ? null : { goodput, p99 }
}

/** What a comparison shows by both figures. @param p99 null where it compares nothing */
export function effectOf(goodput: Decision, p99: Decision | null): Comparison['effect'] {
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
