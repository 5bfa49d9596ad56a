import { parseDesign } from '../../../server/designs/design.ts'
import { latencyOf } from '../../judge/summarize.ts'
import { runBlock } from '../../run/block.ts'
import type { Block, Plan } from '../../run/result.ts'
import { audited, type Reproduction, type Row, type SourceTestBed } from '../measurement.ts'
import { inTurns, recordOf } from '../turns.ts'

const names = ['inline', 'after-commit', 'outbox'] as const
type Effects = (typeof names)[number]
/** The source's load test: payments that timed out of those sent above 50 a second. */
const timedOut = { of: 5100, count: 2933 }
const rate = 50
/** Stands for a block in which no journey was served: the longest wait of a journey. */
const unservedMs = 60_000

export const s3Effects: Reproduction = async (testBed, advance) => {
  const blocks = recordOf(names, () => [] as Block[])
  const failed = await inTurns(
    names,
    testBed.quick ? 1 : 4,
    async (effects, round) => {
      const block = await underLoad(testBed, effects, round)
      blocks[effects].push(block)
      return failedPercentOf(block)
    },
    advance,
  )
  // Effects are lost at a crash only, and there is none here.
  const audits = names.map((name) => audited(`effects=${name}`, findingsOf(blocks[name])))
  return { rows: rowsOf(failed, blocks), audits, remarks: [] }
}

let turns = 0

/** A steady crowd at the source's rate; only the effects differ. */
async function underLoad(testBed: SourceTestBed, effects: Effects, pair: number): Promise<Block> {
  const arm = { name: effects, design: parseDesign(`after,effects=${effects}`).label }
  const plan: Plan = {
    scenario: 'smoke',
    arms: [arm],
    blocks: 1,
    durationSeconds: testBed.quick ? 4 : 10,
    rate,
    seed: testBed.seed,
    driver: 'simulator',
    faults: [],
  }
  return await runBlock(testBed, plan, { index: turns++, arm, pair })
}

function failedPercentOf({ history }: Block): number {
  const bought = history.filter(({ order }) => order !== undefined)
  const lost = bought.filter(({ outcome }) => outcome === 'failed' || outcome === 'unknown')
  return (100 * lost.length) / Math.max(1, bought.length)
}

function rowsOf(failed: Record<Effects, number[]>, blocks: Record<Effects, Block[]>): Row[] {
  const designs = (ours: (name: Effects) => number[], theirs: number | null) =>
    names.map((name) => ({
      name,
      option: `effects=${name}`,
      theirs: name === 'inline' ? theirs : null,
      ours: ours(name),
    }))
  const p99 = (name: Effects) => blocks[name].map((block) => latencyOf([block])?.p99 ?? unservedMs)
  const lostThere = (100 * timedOut.count) / timedOut.of
  return [
    {
      what: `checkouts that failed at ${rate} journeys/s`,
      unit: '% failed',
      better: 'lower',
      designs: designs((name) => failed[name], lostThere),
      note: 'The source’s figure is of its whole shop at that time, effects inside.',
    },
    {
      what: `checkout at ${rate} journeys/s: p99`,
      unit: 'ms',
      better: 'lower',
      designs: designs(p99, null),
    },
  ]
}

const findingsOf = (blocks: readonly Block[]): string[] =>
  blocks.flatMap(({ checks }) =>
    checks
      .filter(({ verdict }) => verdict !== 'true')
      .map(({ name, first, verdict }) => `${name}: ${first ?? verdict}`),
  )
