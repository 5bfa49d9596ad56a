import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import { blockersTable } from '../../report/blockers-table.ts'
import { worstOf } from '../../run/locks.ts'
import { lockChart } from '../lock-chart.ts'
import { audited, type Outcome, type Reproduction, type SourceTestBed } from '../measurement.ts'
import { type ContendedLoop, orderOf, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'
import { underJMeter } from './s5-jmeter.ts'
import { designUnder, ofShapes, rateAndErrors, type Shape, shapes, titles } from './s5-shapes.ts'

/** Load shapes: so many buyers at once, as the threads of a JMeter plan. */
const loads = [10, 50, 100]
const hotOptions = 20
const items = 4

export const s5: Reproduction = async (testBed, advance) => {
  const outcomes: Outcome[] = []
  for (const [index, buyers] of loads.entries()) {
    const part = partOf(advance, index, loads.length + 1)
    outcomes.push(await underLoad(testBed, buyers, part))
  }
  const last = partOf(advance, loads.length, loads.length + 1)
  outcomes.push(await underJMeter(testBed, last))
  return {
    rows: outcomes.flatMap(({ rows }) => rows),
    audits: outcomes.flatMap(({ audits }) => audits),
    remarks: outcomes.flatMap(({ remarks }) => remarks),
    nodes: outcomes.flatMap(({ nodes = [] }) => nodes),
    charts: outcomes.flatMap(({ charts = [] }) => charts),
  }
}

const both = shapes.map(designUnder)

async function underLoad(
  testBed: SourceTestBed,
  buyers: number,
  advance: Advance,
): Promise<Outcome> {
  const { quick } = testBed
  return await withShop(testBed, { poolConnections: buyers }, async (shop) => {
    const measure = (shape: Shape) => {
      const ctx = shop.ctx(designUnder(shape))
      return shop.contendedLoop(buyers, quick ? 700 : 2000, (call) => order(ctx, call))
    }
    const loops = await inTurns(shapes, quick ? 3 : 6, measure, advance)
    const what = `${buyers} buyers at once, ${items} of ${hotOptions} hot products`
    const deadlocks = ofShapes(loops, (loop) => loop.deadlocks, 0)
    return {
      rows: [
        ...rateAndErrors(
          what,
          ofShapes(loops, ({ perSecond }) => perSecond),
          ofShapes(loops, ({ done, failed }) => (100 * failed) / Math.max(1, done + failed), 0),
        ),
        { what: `${what}: deadlocks`, unit: 'deadlocks', better: 'lower', designs: deadlocks },
      ],
      audits: [audited(`both shapes, ${buyers} buyers at once`, await shop.audit(), both)],
      remarks: [],
      nodes: buyers === loads.at(-1) ? blockersTable(blockersOf(loops)) : [],
      charts: [lockChart(buyers, loops)],
    }
  })
}

const blockersOf = (loops: Record<Shape, ContendedLoop[]>) =>
  shapes.map((shape) => ({
    name: titles[shape],
    blockers: worstOf(loops[shape].flatMap(({ locks }) => locks?.blockers ?? [])),
  }))

let customers = 0

/** Four different items of the twenty hot ones, in an order of the buyer's own; paid by balance. */
function order(ctx: FlowCtx, call: number) {
  const first = (call * 7) % hotOptions
  const wanted = Array.from({ length: items }, (_, item) => 1 + ((first + item * 3) % hotOptions))
  const own = call % 2 === 0 ? wanted : wanted.toReversed()
  // Over all rounds: one and the same customer would meet the limit of a promotion in the last.
  return orderOf(ctx, 1 + (++customers % 5000), own, { method: 'balance' })
}
