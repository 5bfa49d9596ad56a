import { parseDesign } from '../../../server/designs/design.ts'
import { noiseFloorOf, ratioOf } from '../../judge/statistics.ts'
import { goodputPerSecondOf, latencyOf } from '../../judge/summarize.ts'
import { runBlock } from '../../run/block.ts'
import type { Block, Driver, Plan, Ratio } from '../../run/result.ts'
import type { Benchmark, Figure } from '../figure.ts'

const pairs = 4
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
 * One design under both drivers: what differs by more than neighbouring blocks do is the driver.
 */
export const driversAgree: Benchmark = {
  name: 'drivers-agree',
  summary: 'difference of one design’s goodput and p99 between the drivers, within the noise floor',
  async measure(experiment, advance) {
    if ((await experiment.driver()).name !== 'k6') return []
    const testBed = await experiment.testBed()
    const blocks: Record<Driver, Block[]> = { k6: [], simulator: [] }
    for (let pair = 0; pair < pairs; pair += 1) {
      const order: Driver[] = pair % 2 === 0 ? ['k6', 'simulator'] : ['simulator', 'k6']
      for (const [position, driver] of order.entries()) {
        const arm = { name: 'after', design }
        const turn = { index: pair * 2 + position, arm, pair }
        blocks[driver].push(await runBlock(testBed, { ...basePlan, driver }, turn))
        advance((turn.index + 1) / (pairs * 2))
      }
    }
    const p99Of = (block: Block) => latencyOf([block])?.p99 ?? Number.NaN
    return [
      agreement('drivers-agree-goodput', blocks, (block) => goodputPerSecondOf([block])),
      agreement('drivers-agree-p99', blocks, p99Of),
    ]
  },
}

/** How far apart the drivers are, percent, against how far apart blocks of one driver are. */
function agreement(
  name: string,
  blocks: Record<Driver, Block[]>,
  figureOf: (block: Block) => number,
): Figure {
  const k6 = blocks.k6.map(figureOf)
  const simulator = blocks.simulator.map(figureOf)
  const ratio = ratioOf(
    k6.map((figure, index) => figure / (simulator[index] ?? Number.NaN)),
    1,
  )
  const noise = noiseFloorOf([k6, simulator]) ?? 0
  return {
    name,
    ...distanceOf(ratio),
    floor: noise * 100,
    better: 'lower',
    unit: '% apart (floor: the noise of this session)',
  }
}

/** A ratio as a distance from one, percent; an interval that spans one reaches down to nought. */
function distanceOf({ value, low, high }: Ratio): Pick<Figure, 'value' | 'low' | 'high'> {
  const apart = (ratio: number) => 100 * (Math.max(ratio, 1 / ratio) - 1)
  const ends = [apart(low), apart(high)]
  const spansOne = low <= 1 && high >= 1
  return { value: apart(value), low: spansOne ? 0 : Math.min(...ends), high: Math.max(...ends) }
}
