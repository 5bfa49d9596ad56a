import { parseDesign } from '../../../server/designs/design.ts'
import { estimate } from '../../judge/inference.ts'
import { goodputPerSecondOf, latencyOf } from '../../judge/summarize.ts'
import { runBlock } from '../../run/block.ts'
import type { Driver, Plan, Ratio } from '../../run/result.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { assertTrusted } from '../trust.ts'
import { inTurns, quotients, recordOf } from '../turns.ts'

const pairs = 6
/** What the drivers may be apart, percent, however noisy the session is. */
const apartPercentMax = { goodput: 5, p99: 20 }
const drivers = ['k6', 'simulator'] as const
const design = 'after'

const basePlan: Omit<Plan, 'driver'> = {
  scenario: 'smoke',
  arms: [{ name: 'after', design: parseDesign(design).label }],
  blocks: pairs,
  durationSeconds: 10,
  // Near what after holds here, where a driver that is late or too busy shows.
  rate: 50,
  seed: 1,
  faults: [],
}

/**
 * Difference of one design’s goodput and p99 between the drivers, percent. They agree where the
 * whole interval lies within a fixed margin, so that noise alone can never make them agree.
 */
export const driversAgree: Benchmark = async (experiment, advance) => {
  if ((await experiment.driver()).name !== 'k6') return []
  const testBed = await experiment.testBed()
  const p99s = recordOf(drivers, () => [] as number[])
  let index = 0
  const goodputOf = async (driver: Driver, pair: number) => {
    const turn = { index: index++, arm: { name: 'after', design }, pair }
    const block = await runBlock(testBed, { ...basePlan, driver }, turn)
    assertTrusted({ ...basePlan, driver }, [block])
    p99s[driver].push(latencyOf([block])?.p99 ?? Number.NaN)
    return goodputPerSecondOf([block])
  }
  const goodputs = await inTurns(drivers, pairs, goodputOf, advance)
  return [agreement('goodput', goodputs), agreement('p99', p99s)]
}

/** How far apart the drivers are, percent. */
function agreement(figure: 'goodput' | 'p99', { k6, simulator }: Record<Driver, number[]>): Figure {
  return {
    name: `drivers-agree-${figure}`,
    ...distanceOf(estimate(quotients(k6, simulator))),
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
