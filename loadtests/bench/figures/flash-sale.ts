import { parseDesign } from '../../../server/designs/design.ts'
import { runBlock } from '../../rehearse/block.ts'
import { amount, duration, percent } from '../../rehearse/format.ts'
import { turnsOf } from '../../rehearse/plan.ts'
import type { Block, Plan } from '../../rehearse/result.ts'
import { ratioOf } from '../../rehearse/statistics.ts'
import { armReport, crowdSecondsOf, goodputPerSecondOf } from '../../rehearse/summarize.ts'
import type { Benchmark, Figure } from '../figure.ts'

const floor = 10
const aim = 30
/** What after must hold for the ratio to count: issue 3, "What must show". */
const target = { servedPercentMin: 99, p99MsMax: 500 }

const plan: Plan = {
  scenario: 'flash-sale',
  arms: (['before', 'after'] as const).map((name) => ({ name, design: parseDesign(name).label })),
  blocks: 4,
  durationSeconds: 10,
  rate: 60,
  seed: 1,
  driver: 'simulator',
  faults: [],
}

/** The same crowd at both presets; the simulator drives, so that the figure needs no k6. */
export const flashSale: Benchmark = {
  name: 'flash-sale',
  summary: 'orders paid per second in a flash sale, after ÷ before, pair by pair',
  async measure({ servers }, advance) {
    const rig = await servers()
    const blocks: Record<string, Block[]> = { before: [], after: [] }
    const turns = turnsOf(plan)
    for (const turn of turns) {
      blocks[turn.arm.name]?.push(await runBlock(rig, plan, turn))
      advance((turn.index + 1) / turns.length)
    }
    return [goodputFigure(blocks.before ?? [], blocks.after ?? [])]
  },
}

function goodputFigure(before: readonly Block[], after: readonly Block[]): Figure {
  const ratio = ratioOf(
    after.map((block, pair) => goodputOf(block) / goodputOf(before[pair] ?? block)),
    plan.seed,
  )
  return {
    name: 'flash-sale-goodput',
    ...ratio,
    floor,
    aim,
    better: 'higher',
    unit: `× (peak ${plan.rate}/s)`,
    note: noteOf(before, after),
  }
}

/** One order over the block where none was paid: a ratio with nought says nothing. */
const goodputOf = (block: Block) => goodputPerSecondOf([block]) || 1 / crowdSecondsOf([block])

/** What the ratio rests on, and whether after held what it must. */
function noteOf(before: readonly Block[], after: readonly Block[]): string {
  const [slow, fast] = [armReport('before', before), armReport('after', after)]
  const p99 = fast.latencyMs?.p99 ?? Number.POSITIVE_INFINITY
  const held = fast.servedPercent >= target.servedPercentMin && p99 <= target.p99MsMax
  const broken = fast.checkers.filter(({ verdict }) => verdict !== 'true').map(({ name }) => name)
  return [
    `${amount(slow.goodputPerSecond)} and ${amount(fast.goodputPerSecond)} paid per second`,
    `after served ${percent(fast.servedPercent)} at p99 ${duration(p99)}` +
      (held ? '' : ' (MISSED: 99 % within 500 ms)'),
    `deadlocks ${amount(slow.deadlocks)} and ${amount(fast.deadlocks)}`,
    broken.length === 0 ? 'audit of after green' : `audit of after: ${broken.join(', ')}`,
  ].join(', ')
}
