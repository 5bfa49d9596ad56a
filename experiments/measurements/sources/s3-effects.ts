import { parseDesign } from '../../../server/designs/design.ts'
import { runBlock } from '../../run/block.ts'
import type { Block } from '../../run/result.ts'
import { p99MsOf, simulatorPlan } from '../blocks.ts'
import { type Failing, failingHandler, failingTable, flawsOf } from '../failing-handler.ts'
import {
  audited,
  designsOf,
  type Reproduction,
  type Row,
  type SourceTestBed,
} from '../measurement.ts'
import { inTurns } from '../turns.ts'

const names = ['inline', 'after-commit', 'outbox'] as const
type Effects = (typeof names)[number]
/** The source's load test: payments that timed out of those sent above 50 a second. */
const timedOut = { of: 5100, count: 2933 }
const rate = 50

export const s3Effects: Reproduction = async (testBed, advance) => {
  const measure = (effects: Effects, round: number) => underLoad(testBed, effects, round)
  const blocks = await inTurns(names, testBed.quick ? 1 : 4, measure, advance)
  const audits = names.map((name) =>
    audited(`effects=${name}`, findingsOf(blocks[name]), [designWith(name)]),
  )
  const failing: Record<string, Failing> = {}
  for (const name of names) {
    failing[name] = await failingHandler(testBed, designWith(name), `failing-${name}`)
  }
  const away = names.map((name) => {
    const one = failing[name]
    const flaws = one && name === 'outbox' ? flawsOf(one) : []
    const lines = [...flaws, ...(one?.findings ?? [])]
    return audited(`effects=${name}, data platform away`, lines, [designWith(name)])
  })
  return {
    rows: rowsOf(blocks),
    audits: [...audits, ...away],
    remarks: [
      'With the data platform away (503), ten orders are paid by balance: in the outbox each ' +
        'effect is tried three times at intervals and is then dead, and a message of it goes to ' +
        'Slack as an event of its own. Inside the transaction its failure is the order’s.',
    ],
    nodes: [failingTable(failing)],
  }
}

const designWith = (effects: Effects) => `after,effects=${effects}`

let turns = 0

/** A steady crowd at the source's rate; only the effects differ. */
async function underLoad(testBed: SourceTestBed, effects: Effects, pair: number): Promise<Block> {
  const arm = { name: effects, design: parseDesign(designWith(effects)).label }
  const durationSeconds = testBed.quick ? 4 : 10
  const plan = simulatorPlan({ arms: [arm], rate, durationSeconds, seed: testBed.seed })
  return await runBlock(testBed, plan, { index: turns++, arm, pair })
}

function failedPercentOf({ history }: Block): number {
  const bought = history.filter(({ order }) => order !== undefined)
  const lost = bought.filter(({ outcome }) => outcome === 'failed' || outcome === 'unknown')
  return (100 * lost.length) / Math.max(1, bought.length)
}

function rowsOf(blocks: Record<Effects, Block[]>): Row[] {
  const theirs = { inline: (100 * timedOut.count) / timedOut.of }
  return [
    {
      what: `checkouts that failed at ${rate} journeys/s`,
      unit: '% failed',
      better: 'lower',
      designs: designsOf('effects', blocks, failedPercentOf, { theirs }),
      note: 'The source’s figure is of its whole shop at that time, effects inside.',
    },
    {
      what: `checkout at ${rate} journeys/s: p99`,
      unit: 'ms',
      better: 'lower',
      designs: designsOf('effects', blocks, p99MsOf),
    },
  ]
}

const findingsOf = (blocks: readonly Block[]): string[] =>
  blocks.flatMap(({ checks }) =>
    checks
      .filter(({ verdict }) => verdict !== 'true')
      .map(({ name, first, verdict }) => `${name}: ${first ?? verdict}`),
  )
