import { parseDesign } from '../../../server/designs/design.ts'
import { amount } from '../../judge/format.ts'
import { estimate } from '../../judge/inference.ts'
import {
  armReport,
  crowdSecondsOf,
  goodputPerSecondOf,
  servedPercentOf,
} from '../../judge/summarize.ts'
import { runBlock } from '../../run/block.ts'
import { turnsOf } from '../../run/plan.ts'
import type { Block } from '../../run/result.ts'
import { assertTrusted, p99MsOf, simulatorPlan } from '../blocks.ts'
import type { Benchmark, Figure } from '../measurement.ts'

const arms = ['before', 'after'].map((name) => ({ name, design: parseDesign(name).label }))
const shape = { scenario: 'flash-sale', blocks: 6, durationSeconds: 10, rate: 70 }
const plan = simulatorPlan({ arms, ...shape })

/**
 * Orders paid per second in a flash sale, after ÷ before, and what after holds then. The same crowd
 * at both presets; the simulator drives, so that the figure needs no k6.
 */
export const flashSale: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  const blocks: Record<string, Block[]> = { before: [], after: [] }
  const turns = turnsOf(plan)
  for (const turn of turns) {
    blocks[turn.arm.name]?.push(await runBlock(testBed, plan, turn))
    advance((turn.index + 1) / turns.length)
  }
  assertTrusted(plan, Object.values(blocks).flat())
  return figuresOf(blocks.before ?? [], blocks.after ?? [])
}

/** The ratio counts only beside what after must hold: issue 3, "What must show". */
function figuresOf(before: readonly Block[], after: readonly Block[]): Figure[] {
  const ratios = after.map((block, pair) => goodputOf(block) / goodputOf(before[pair] ?? block))
  const isGreen = brokenBy(after).length === 0
  const at = `at a peak of ${plan.rate}/s`
  return [
    {
      name: 'flash-sale-goodput',
      // What an audit calls wrong is no goodput.
      ...(isGreen ? estimate(ratios) : { value: 0, low: 0, high: 0 }),
      ...{ floor: 10, aim: 30, better: 'higher', unit: `× ${at}`, note: noteOf(before, after) },
    },
    {
      name: 'flash-sale-served',
      ...estimate(after.map((block) => servedPercentOf([block]))),
      ...{ floor: 99, better: 'higher', unit: `% by after ${at}` },
    },
    {
      name: 'flash-sale-p99',
      ...estimate(after.map(p99MsOf)),
      ...{ floor: 500, better: 'lower', unit: `ms by after ${at}` },
    },
  ]
}

/** One order over the block where none was paid: a ratio with zero says nothing. */
const goodputOf = (block: Block) => goodputPerSecondOf([block]) || 1 / crowdSecondsOf([block])

/** Checks that after did not pass, or that could not be made. */
const brokenBy = (after: readonly Block[]): string[] =>
  armReport('after', after).checkers.flatMap(({ verdict, name }) =>
    verdict === 'true' ? [] : name,
  )

function noteOf(before: readonly Block[], after: readonly Block[]): string {
  const [slow, fast] = [armReport('before', before), armReport('after', after)]
  const broken = brokenBy(after)
  return [
    `${amount(slow.goodputPerSecond)} and ${amount(fast.goodputPerSecond)} paid per second`,
    `deadlocks ${amount(slow.deadlocks)} and ${amount(fast.deadlocks)}`,
    broken.length === 0 ? 'audit of after green' : `NO CLAIM, after broke ${broken.join(', ')}`,
  ].join(', ')
}
