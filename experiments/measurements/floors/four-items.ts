import { defaultSeedProfile } from '../../../server/db/seed.ts'
import type { FlowCtx } from '../../../server/designs/flow-ctx.ts'
import type { LinesStep } from '../../../server/designs/transaction/transaction.ts'
import { type OrderState, placeOrder, placeOrderFlow } from '../../../server/flows/place-order.ts'
import { percentile } from '../../judge/statistics.ts'
import type { Figure } from '../measurement.ts'
import { type InProcessShop, inShop } from '../shop.ts'
import { type Advance, interleaved, partOf } from '../turns.ts'

const buyers = 64
const products = 50
const itemsEach = 4
const rounds = 8
const roundMs = 1000
const warmUpMs = 500

const designOf = (shape: string) =>
  `ids=ticket-server,transaction=${shape},stock=conditional-update,effects=outbox`

const careless = 'one-big'
const atomic = ['sorted', 'single-statement', 'batched'] as const

type Items = { optionId: string; quantity: number }[]
/** Something that takes four items; a Problem is a refusal. */
type Take = (ctx: FlowCtx, items: Items, buyer: number) => Promise<unknown>

/** What is compared: the transaction of the items by itself, and the whole order around it. */
const works: { name: string; floor: number; aim?: number; take: Take }[] = [
  { name: 'four-items', floor: 5, aim: 15, take: takeItems },
  { name: 'four-items-order', floor: 5, take: orderItems },
]

const profile = {
  ...defaultSeedProfile,
  popularDays: 0,
  ...{ users: 1000, balanceMinor: 0, products, hotOptions: products, kinds: [] },
  ...{ stock: 100_000_000, limitedOptionId: 2 * products, limitedStock: 1 },
}
const options = { profile, poolConnections: buyers }

/**
 * 4 items out of 50 products in any order, 64 buyers at once: transactions per second, the best of
 * the atomic shapes ÷ the careless one; and the same of whole orders. What the order of the locks
 * costs: only the shape differs between the arms.
 */
export const fourItems = inShop(options, async (shop, advance) => {
  const figures: Figure[] = []
  let deadlocks = 0
  for (const [index, work] of works.entries()) {
    const one = armOf(shop, careless, work.take)
    const others = atomic.map((shape) => armOf(shop, shape, work.take))
    for (const arm of [one, ...others]) await arm.measure(warmUpMs)
    const pair: [Arm, Arm] = [one, await bestOf(others)]
    figures.push(await figureOf(pair, work, partOf(advance, index, works.length)))
    deadlocks += others.reduce((sum, arm) => sum + arm.deadlocks, 0)
  }
  return [...figures, deadlockFigure(deadlocks)]
})

interface Arm {
  shape: string
  /** Over all turns; the deadlocks are InnoDB's own count. */
  deadlocks: number
  refused: number
  /** @returns what was done per second */
  measure(durationMs: number): Promise<number>
}

let keys = 0

/** The flow's own step that takes the items, alone in a transaction. */
async function takeItems(ctx: FlowCtx, items: Items, buyer: number): Promise<void> {
  const state: OrderState = {
    ...{ userId: String(buyer + 1), idempotencyKey: `take-${++keys}`, balanceVersion: 0 },
    lines: items.map((item) => ({ ...item, unitPriceMinor: 0 })),
    ...{ cartItemIds: [], totalMinor: 0, expiresAtMs: 0, orderId: '', itemIds: [] },
  }
  const flow = placeOrderFlow(state)
  const steps = flow.steps.filter((step) => step.kind === 'lines').map(byItself)
  await ctx.design.transaction.execute(ctx, { ...flow, steps, pivot: '' }, state)
}

/** Without its condition on earlier steps: there are none. */
function byItself<State>({ mayFollow: _, ...step }: LinesStep<State>): LinesStep<State> {
  return step
}

function orderItems(ctx: FlowCtx, items: Items, buyer: number): Promise<unknown> {
  return placeOrder(ctx, { userId: String(buyer + 1), idempotencyKey: `order-${++keys}`, items })
}

function armOf(shop: InProcessShop, shape: string, take: Take): Arm {
  const ctx = shop.ctx(designOf(shape))
  const arm: Arm = {
    shape,
    deadlocks: 0,
    refused: 0,
    async measure(durationMs) {
      const loop = await shop.contendedLoop(buyers, durationMs, (call) =>
        take(ctx, anyItems(), call % buyers),
      )
      arm.refused += loop.failed
      arm.deadlocks += loop.deadlocks
      return loop.perSecond
    },
  }
  return arm
}

/** Four different products, each as likely as the others, in an order of the buyer's own. */
function anyItems(): Items {
  const wanted = new Set<number>()
  while (wanted.size < itemsEach) wanted.add(1 + Math.floor(Math.random() * products))
  return [...wanted].map((id) => ({ optionId: String(id), quantity: 1 }))
}

/** One loop of each decides which of them is measured in turn with the careless one. */
async function bestOf(arms: readonly Arm[]): Promise<Arm> {
  const rates: number[] = []
  for (const arm of arms) rates.push(await arm.measure(roundMs))
  return arms[rates.indexOf(Math.max(...rates))] as Arm
}

async function figureOf(
  [one, best]: [one: Arm, best: Arm],
  { name, floor, aim }: (typeof works)[number],
  advance: Advance,
): Promise<Figure> {
  const turn = (arm: Arm) => () => arm.measure(roundMs)
  const { ratio, a, b } = await interleaved([turn(one), turn(best)], rounds, advance)
  const rate = (figures: number[]) => percentile(figures, 0.5).toFixed(0)
  const counts = (arm: Arm) => `${arm.deadlocks} deadlocks, ${arm.refused} refused`
  return {
    ...{ name, ...ratio, floor, better: 'higher', unit: '×' },
    ...(aim === undefined ? {} : { aim }),
    note:
      `${one.shape} ${rate(a)} a second (${counts(one)}), ` +
      `${best.shape} ${rate(b)} a second (${counts(best)})`,
  }
}

function deadlockFigure(value: number): Figure {
  return {
    ...{ name: 'four-items-deadlocks', value, low: value, high: value, floor: 0, better: 'lower' },
    unit: 'deadlocks in all turns',
    note: `in ${atomic.join(', ')} together`,
  }
}
