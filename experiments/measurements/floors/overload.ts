import { parseDesign } from '../../../server/designs/design.ts'
import { found, nextRate } from '../../capacity/search.ts'
import { judgeTrial, type Trial } from '../../capacity/verdict.ts'
import { goodputPerSecondOf } from '../../judge/summarize.ts'
import { type BlockTestBed, runBlock } from '../../run/block.ts'
import type { ArmSpec, Block } from '../../run/result.ts'
import { simulatorPlan } from '../blocks.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { interleaved } from '../turns.ts'

const rounds = 6
const openRounds = 2
const times = 5
const seconds = { search: 5, measure: 8 }
/**
 * Few, so that the shop is at its end long before the generator is, which has the same cores and
 * must send five times as much.
 */
const poolConnections = 4
const bounds = { rateFrom: 20, rateMax: 320, blocksMax: 8, ratioMax: 1.4 }
/** The knee: nearly all are served, none of them at the very end of their patience. */
const objective = { p99MsMax: 1000, servedPercentMin: 98, sojournMsMax: 3000 }

/**
 * Goodput at five times the capacity ÷ goodput at capacity, admission adaptive. What is left of a
 * shop's capacity when five times as many come.
 */
export const overload: Benchmark = async (experiment, advance) => {
  const shop = createBlocks(await experiment.testBed())
  const capacity = await kneeOf(shop.run)
  advance(0.2)
  const adaptive = pair(shop.run, 'after', capacity)
  const { ratio } = await interleaved(adaptive, rounds, (done) => advance(0.2 + done * 0.55))
  const open = pair(shop.run, 'after,admission=open', capacity)
  const others = await interleaved(open, openRounds, (done) => advance(0.75 + done * 0.25))
  return [figureOf(ratio, others.ratio.value, capacity, shop.blocks)]
}

function figureOf(
  ratio: Pick<Figure, 'value' | 'low' | 'high'>,
  open: number,
  capacity: number,
  blocks: Block[],
): Figure {
  const generator = Math.max(...blocks.map(({ cpu }) => cpu.generator ?? Number.NaN))
  const dropped = blocks.reduce((sum, block) => sum + block.dropped, 0)
  const planned = blocks.reduce((sum, block) => sum + block.planned, 0)
  const isGreen = blocks.every(({ checks }) => checks.every(({ verdict }) => verdict === 'true'))
  return {
    name: 'overload',
    // What an audit calls wrong is no goodput.
    ...(isGreen ? ratio : { value: 0, low: 0, high: 0 }),
    floor: 0.8,
    aim: 0.95,
    better: 'higher',
    unit: 'of the goodput at capacity',
    note:
      `admission open keeps ${open.toFixed(2)}; capacity ${capacity} journeys/s (p99 of ` +
      `a checkout up to ${objective.p99MsMax} ms) with ` +
      `${poolConnections} connections and a bank of 150 ms, so that the generator on the same ` +
      `cores can send ${times} times that: it used ${generator.toFixed(0)} % of a core at most ` +
      `and dropped ${((100 * dropped) / planned).toFixed(1)} %; ` +
      `audits ${isGreen ? 'all green' : 'NOT all green'}`,
  }
}

type Run = (design: string, rate: number, durationSeconds: number) => Promise<Block>

/**
 * Goodput at capacity, and at five times that, where zero counts as next to nothing.
 * @throws Error when nothing is paid at capacity: there is nothing to keep
 */
function pair(run: Run, design: string, capacity: number) {
  const goodput = async (rate: number) =>
    goodputPerSecondOf([await run(design, rate, seconds.measure)])
  const atCapacity = async () => {
    const paid = await goodput(capacity)
    if (paid === 0) throw new Error(`${design} pays nothing at ${capacity} journeys/s`)
    return paid
  }
  return [atCapacity, async () => Math.max(0.01, await goodput(capacity * times))] as const
}

/**
 * The rate held in half of the blocks, coarsely: a few per cent more or less change both ends of
 * the ratio.
 * @throws Error when none is: five times a guess need be no overload
 */
async function kneeOf(run: Run): Promise<number> {
  const trials: Trial[] = []
  for (;;) {
    const rate = nextRate(trials, bounds)
    if (rate === undefined) break
    trials.push(judgeTrial(rate, 'after', await run('after', rate, seconds.search), objective))
  }
  const { rate } = found(trials, bounds)
  if (rate > 0) return rate
  throw new Error(`no rate was held: ${trials.at(-1)?.reasons.join(', ')}`)
}

/** Runs blocks one after the other, each on a fresh arm with a small pool. */
function createBlocks(shared: BlockTestBed): { run: Run; blocks: Block[] } {
  const apiSettings = { STAMPEDE_POOL_CONNECTIONS: String(poolConnections) }
  const testBed: BlockTestBed = { ...shared, apiSettings }
  const blocks: Block[] = []
  const pairs = new Map<string, number>()
  const run: Run = async (text, rate, durationSeconds) => {
    const arm: ArmSpec = { name: 'overload', design: parseDesign(text).label }
    const key = `${text} ${rate}`
    const pairNumber = pairs.get(key) ?? 0
    pairs.set(key, pairNumber + 1)
    const plan = simulatorPlan({ arms: [arm], rate, durationSeconds })
    const block = await runBlock(testBed, plan, { index: blocks.length, arm, pair: pairNumber })
    blocks.push(block)
    return block
  }
  return { run, blocks }
}
