import { parseDesign } from '../../../server/designs/design.ts'
import { estimate } from '../../judge/inference.ts'
import { noiseFloorOf } from '../../judge/statistics.ts'
import { goodputPerSecondOf, latencyOf } from '../../judge/summarize.ts'
import { runBlock } from '../../run/block.ts'
import type { Driver, Plan, Ratio } from '../../run/result.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { inTurns, quotients, recordOf } from '../turns.ts'

const pairs = 4
const drivers = ['k6', 'simulator'] as const
const design = 'after'

const basePlan: Omit<Plan, 'driver'> = {
  scenario: 'smoke',
  arms: [{ name: 'after', design: parseDesign(design).label }],
  blocks: pairs,
  durationSeconds: 10,
  rate: 30,
  seed: 1,
  faults: [],
}

/**
 * Difference of one design’s goodput and p99 between the drivers, within the noise floor. One
 * design under both drivers: what differs by more than neighbouring blocks do is the driver.
 */
export const driversAgree: Benchmark = async (experiment, advance) => {
  if ((await experiment.driver()).name !== 'k6') return []
  const testBed = await experiment.testBed()
  const p99s = recordOf(drivers, () => [] as number[])
  let index = 0
  const goodputOf = async (driver: Driver, pair: number) => {
    const turn = { index: index++, arm: { name: 'after', design }, pair }
    const block = await runBlock(testBed, { ...basePlan, driver }, turn)
    p99s[driver].push(latencyOf([block])?.p99 ?? Number.NaN)
    return goodputPerSecondOf([block])
  }
  const goodputs = await inTurns(drivers, pairs, goodputOf, advance)
  return [agreement('drivers-agree-goodput', goodputs), agreement('drivers-agree-p99', p99s)]
}

/** How far apart the drivers are, percent, against how far apart blocks of one driver are. */
function agreement(name: string, { k6, simulator }: Record<Driver, number[]>): Figure {
  return {
    name,
    ...distanceOf(estimate(quotients(k6, simulator))),
    floor: (noiseFloorOf([k6, simulator]) ?? 0) * 100,
    better: 'lower',
    unit: '% apart (floor: the noise of this session)',
  }
}

/** A ratio as a distance from one, percent; an interval that spans one reaches down to zero. */
function distanceOf({ value, low, high }: Ratio): Pick<Figure, 'value' | 'low' | 'high'> {
  const apart = (ratio: number) => 100 * (Math.max(ratio, 1 / ratio) - 1)
  const ends = [apart(low), apart(high)]
  const spansOne = low <= 1 && high >= 1
  return { value: apart(value), low: spansOne ? 0 : Math.min(...ends), high: Math.max(...ends) }
}
