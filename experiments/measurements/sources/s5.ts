import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import { placeOrder } from '../../../server/flows/place-order.ts'
import { audited, type Outcome, type Reproduction, type SourceTestBed } from '../measurement.ts'
import { withShop } from '../shop.ts'
import { type Advance, inTurns, partOf, recordOf } from '../turns.ts'
import { withJMeter } from './s5-jmeter.ts'
import { designsOf, rateAndErrors, shapes } from './s5-shapes.ts'

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
  outcomes.push(await withJMeter(testBed, last))
  return {
    rows: outcomes.flatMap(({ rows }) => rows),
    audits: outcomes.flatMap(({ audits }) => audits),
    remarks: outcomes.flatMap(({ remarks }) => remarks),
  }
}

async function underLoad(
  testBed: SourceTestBed,
  buyers: number,
  advance: Advance,
): Promise<Outcome> {
  const { quick } = testBed
  return await withShop(testBed, { poolConnections: buyers }, async (shop) => {
    const failedPercent = recordOf(shapes, () => [] as number[])
    const deadlocks = recordOf(shapes, () => [] as number[])
    const perSecond = await inTurns(
      shapes,
      quick ? 3 : 6,
      async (shape) => {
        const ctx = shop.ctx(`before,effects=outbox,ids=ticket-server,transaction=${shape}`)
        const loop = await shop.contendedLoop(buyers, quick ? 700 : 2000, (call) =>
          order(ctx, call),
        )
        failedPercent[shape].push((100 * loop.failed) / Math.max(1, loop.done + loop.failed))
        deadlocks[shape].push(loop.deadlocks)
        return loop.perSecond
      },
      advance,
    )
    const findings = await shop.audit()
    const what = `${buyers} buyers at once, ${items} of ${hotOptions} hot products`
    return {
      rows: [
        ...rateAndErrors(what, perSecond, failedPercent),
        {
          ...{ what: `${what}: deadlocks`, unit: 'deadlocks', better: 'lower' },
          designs: designsOf(deadlocks, 0),
        },
      ],
      audits: [audited(`both shapes, ${buyers} buyers at once`, findings)],
      remarks: [],
    }
  })
}

let keys = 0

/** Four different items of the twenty hot ones, in an order of the buyer's own; paid by balance. */
function order(ctx: FlowCtx, call: number) {
  const first = (call * 7) % hotOptions
  const wanted = Array.from({ length: items }, (_, item) => 1 + ((first + item * 3) % hotOptions))
  const own = call % 2 === 0 ? wanted : wanted.toReversed()
  // Over all rounds: one and the same customer would meet the limit of a promotion in the last.
  const key = ++keys
  return placeOrder(ctx, {
    userId: String(1 + (key % 5000)),
    idempotencyKey: `reproduce-${key}`,
    items: own.map((id) => ({ optionId: String(id), quantity: 1 })),
    payment: { method: 'balance' },
  })
}
