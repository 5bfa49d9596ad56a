import type { Ctx } from '../../../server/ctx.ts'
import { placeOrder } from '../../../server/flows/place-order.ts'
import { type BenchShop, openBenchShop } from '../../bench/shop.ts'
import { closedLoop } from '../../measure/closed-loop.ts'
import { inTurns } from '../../measure/turns.ts'
import { auditShop } from '../audit-shop.ts'
import type { Measured, Outcome, ReproduceRig, Reproduction, Row } from '../reproduction.ts'
import { withJMeter } from './s5-jmeter.ts'

const shapes = ['one-big', 'split'] as const
type Shape = (typeof shapes)[number]
/** Load shapes: so many buyers at once, as the threads of a JMeter plan. */
const loads = [10, 50, 100]
const hotOptions = 20
const items = 4

export const s5: Reproduction = {
  name: 'S5',
  title: 'Order payment with split transactions',
  told:
    'One transaction over all items of an order: row locks, deadlocks, uncounted errors under ' +
    'JMeter, no throughput, growing lock counts. One transaction per item: a steady rate, no ' +
    'errors, no deadlock. The graphs have no figures but that nought.',
  async reproduce(testBed, advance) {
    const outcomes: Outcome[] = []
    for (const [index, buyers] of loads.entries()) {
      const part = (fraction: number) => advance((index + fraction) / (loads.length + 1))
      outcomes.push(await underLoad(testBed, buyers, part))
    }
    outcomes.push(
      await withJMeter(testBed, (fraction) =>
        advance((loads.length + fraction) / (loads.length + 1)),
      ),
    )
    return {
      rows: outcomes.flatMap(({ rows }) => rows),
      audits: outcomes.flatMap(({ audits }) => audits),
      seen: outcomes.flatMap(({ seen }) => seen),
    }
  },
}

async function underLoad(
  testBed: ReproduceRig,
  buyers: number,
  advance: (fraction: number) => void,
): Promise<Outcome> {
  const shop = await openBenchShop(testBed, `split${buyers}`, { poolConnections: buyers })
  try {
    const figures = await measure(testBed, { shop, buyers }, advance)
    const findings = await auditShop(shop.url)
    const design = `both shapes, ${buyers} buyers at once`
    return {
      rows: rowsOf(buyers, figures),
      audits: [{ design, findings, isKnownBad: false }],
      seen: [],
    }
  } finally {
    await shop.close()
  }
}

interface Figures {
  perSecond: number[]
  failedPercent: number[]
  deadlocks: number[]
}

async function measure(
  { quick }: ReproduceRig,
  { shop, buyers }: { shop: BenchShop; buyers: number },
  advance: (fraction: number) => void,
): Promise<Record<Shape, Figures>> {
  const figures: Record<Shape, Figures> = {
    'one-big': { perSecond: [], failedPercent: [], deadlocks: [] },
    split: { perSecond: [], failedPercent: [], deadlocks: [] },
  }
  const round = async (shape: Shape) => {
    const ctx = shop.ctx(`before,effects=outbox,ids=ticket-server,transaction=${shape}`)
    const deadlocksBefore = await shop.deadlocks()
    const looped = await closedLoop(buyers, quick ? 700 : 2000, (call) => order(ctx, call))
    const all = looped.done + looped.failed
    figures[shape].failedPercent.push((100 * looped.failed) / Math.max(1, all))
    figures[shape].deadlocks.push((await shop.deadlocks()) - deadlocksBefore)
    figures[shape].perSecond.push(looped.perSecond)
    return looped.perSecond
  }
  await inTurns(shapes, quick ? 3 : 6, round, advance)
  return figures
}

let keys = 0

/** Four different items of the twenty hot ones, in an order of the buyer's own; paid by balance. */
function order(ctx: Ctx, call: number) {
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

function rowsOf(buyers: number, figures: Record<Shape, Figures>): Row[] {
  const designs = (figure: keyof Figures, theirs: number | null): Measured[] =>
    shapes.map((shape) => ({
      name: shape === 'one-big' ? 'one transaction' : 'one per item',
      option: `transaction=${shape}`,
      theirs: shape === 'split' ? theirs : null,
      ours: figures[shape][figure],
    }))
  const what = `${buyers} buyers at once, ${items} of ${hotOptions} hot products`
  return [
    {
      what: `${what}: rate`,
      unit: 'orders/s',
      better: 'higher',
      designs: designs('perSecond', null),
    },
    {
      what: `${what}: errors`,
      unit: '% failed',
      better: 'lower',
      designs: designs('failedPercent', 0),
    },
    {
      what: `${what}: deadlocks`,
      unit: 'deadlocks',
      better: 'lower',
      designs: designs('deadlocks', 0),
    },
  ]
}
