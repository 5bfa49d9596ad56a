import { parseDesign } from '../../../server/designs/design.ts'
import { estimate } from '../../judge/inference.ts'
import { openArm } from '../../run/arm.ts'
import { checkoutDesigns, type Shop } from '../checkout/shop.ts'
import { type CheckoutTurn, checkoutTurn } from '../checkout/turn.ts'
import { turnsText } from '../checkout/words.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { inTurns, partOf, quotients } from '../turns.ts'

const rounds = 6
/** The first shows the rate, the second what an order of two items costs. */
const works = [
  { name: 'checkout', items: 1, clients: 64 },
  { name: 'checkout-two-items', items: 2, clients: 16 },
] as const
const statementsMax = { after: 24, peak: 3 }

/**
 * Order, then payment by balance, of clients that only know HTTP: orders paid per second, after ÷
 * before and peak ÷ after, and statements for each paid order.
 */
export const checkout: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  const arms = []
  try {
    for (const name of checkoutDesigns) {
      const design = parseDesign(`${name},admission=open`).label
      arms.push(await openArm(testBed, { name, design }, `checkout-${name}`))
    }
    const shops = arms.map(
      ({ spec, api, databaseUrl, users }): Shop => ({
        ...{ api: api.url, database: databaseUrl, users },
        ...{ root: process.pid, arm: spec.name },
      }),
    )
    const figures: Figure[] = []
    for (const [index, work] of works.entries()) {
      const part = partOf(advance, index, works.length)
      figures.push(...(await figuresOf(shops, work, part)))
    }
    return figures
  } finally {
    for (const arm of arms) await arm.close()
  }
}

async function figuresOf(
  shops: readonly Shop[],
  { name, ...work }: (typeof works)[number],
  advance: (fraction: number) => void,
): Promise<Figure[]> {
  const shopOf = (arm: string) => shops.find((shop) => shop.arm === arm) as Shop
  const turn = (arm: (typeof checkoutDesigns)[number]) => checkoutTurn(shopOf(arm), work)
  const { before, after, peak } = await inTurns(checkoutDesigns, rounds, turn, advance)
  const note = `before: ${turnsText(before)}; after: ${turnsText(after)}; peak: ${turnsText(peak)}`
  const faster: Figure = {
    name,
    ...gain(after, before),
    floor: 1,
    better: 'higher',
    unit: '×',
    note,
  }
  if (work.items > 1) return [faster, statementsFigure('checkout-statements', 'after', after, 18)]
  return [
    faster,
    { name: 'checkout-peak', ...gain(peak, after), floor: 1, better: 'higher', unit: '× of after' },
    statementsFigure('checkout-peak-statements', 'peak', peak, 1),
  ]
}

const gain = (faster: readonly CheckoutTurn[], slower: readonly CheckoutTurn[]) => {
  const [own, other] = [faster, slower].map((turns) => turns.map((one) => one.paidPerSecond))
  return estimate(quotients(own ?? [], other ?? []))
}

const statementsFigure = (
  name: string,
  design: keyof typeof statementsMax,
  turns: readonly CheckoutTurn[],
  aim: number,
): Figure => ({
  name,
  ...estimate(turns.map(({ cost }) => cost.statements)),
  ...{ floor: statementsMax[design], aim, better: 'lower' },
  unit: `statements of a paid order, ${design}`,
})
