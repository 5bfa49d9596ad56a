import { parseDesign } from '../../../server/designs/design.ts'
import { estimate } from '../../judge/inference.ts'
import { goodputPerSecondOf, latencyOf } from '../../judge/summarize.ts'
import { runBlock } from '../../run/block.ts'
import type { Block, Driver, Ratio } from '../../run/result.ts'
import { assertTrusted, simulatorPlan } from '../blocks.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { inTurns, quotients } from '../turns.ts'

const pairs = 6
/** What the drivers may be apart, percent, however noisy the session is. */
const apartPercentMax = { goodput: 5, p99: 20 }
const drivers = ['k6', 'simulator'] as const
const arm = { name: 'after', design: parseDesign('after').label }
/** Near what after holds here, where a driver that is late or too busy shows. */
const rate = 50

/**
 * Difference of one design’s goodput and p99 between the drivers, percent. They agree where the
 * whole interval lies within a fixed margin, so that noise alone can never make them agree.
 */
export const driversAgree: Benchmark = async (experiment, advance) => {
  if ((await experiment.driver()).name !== 'k6') return []
  const testBed = await experiment.testBed()
  let index = 0
  const blockOf = async (driver: Driver, pair: number) => {
    const plan = simulatorPlan({ arms: [arm], blocks: pairs, durationSeconds: 10, rate, driver })
    const block = await runBlock(testBed, plan, { index: index++, arm, pair })
    assertTrusted(plan, [block])
    return block
  }
  const blocks = await inTurns(drivers, pairs, blockOf, advance)
  return [
    agreement('goodput', blocks, (block) => goodputPerSecondOf([block])),
    agreement('p99', blocks, (block) => latencyOf([block])?.p99 ?? Number.NaN),
  ]
}

/** How far apart the drivers are, percent. */
function agreement(
  figure: 'goodput' | 'p99',
  { k6, simulator }: Record<Driver, Block[]>,
  figureOf: (block: Block) => number,
): Figure {
  return {
    name: `drivers-agree-${figure}`,
    ...distanceOf(estimate(quotients(k6.map(figureOf), simulator.map(figureOf)))),
    floor: apartPercentMax[figure],
    better: 'lower',
    unit: '% apart',
  }
}

/** A ratio as a distance from one, percent; an interval that spans one reaches down to zero. */
function distanceOf({ value, low, high }: Ratio): Pick<Figure, 'value' | 'low' | 'high'> {
  const apart = (ratio: number) => 100 * (Math.max(ratio, 1 / ratio) - 1)
  const ends = [apart(low), apart(high)]
  const spansOne = low <= 1 && high >= 1
  return { value: apart(value), low: spansOne ? 0 : Math.min(...ends), high: Math.max(...ends) }
}
