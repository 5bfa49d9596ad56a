import { estimate } from '../../judge/inference.ts'
import { shopOf, withArms } from '../arms.ts'
import { checkoutDesigns, type Shop } from '../checkout/shop.ts'
import { type CheckoutTurn, checkoutTurn } from '../checkout/turn.ts'
import { turnsText } from '../checkout/words.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { expectSound } from '../order-rush.ts'
import { type Advance, inTurns, partOf, quotients } from '../turns.ts'

const rounds = 6
/** The first shows the rate, the second what an order of two items costs. */
const works = [
  { name: 'checkout', items: 1, clients: 64 },
  { name: 'checkout-two-items', items: 2, clients: 16 },
] as const
/** What an order of the flash sale is like, of which the processor time is held. */
const hotWork = { items: 4, clients: 64, hotOptions: 60 }
const parts = works.length + 1
const designs = {
  ...{ before: 'before,admission=open', after: 'after,admission=open', peak: 'peak' },
}
const statementsMax = { after: 24, peak: 3 }

/**
 * Order, then payment by balance, of clients that only know HTTP: orders paid per second, after ÷
 * before and peak ÷ after, statements for each paid order, and processor time of one of 4 items.
 */
export const checkout: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  return await withArms(testBed, designs, 'checkout', async (arms) => {
    const shops = Object.values(arms).map((arm) => shopOf(arm))
    const figures: Figure[] = []
    for (const [index, work] of works.entries()) {
      figures.push(...(await figuresOf(shops, work, partOf(advance, index, parts))))
    }
    const last = partOf(advance, works.length, parts)
    figures.push(await processorFigure(shopOf(arms.peak), last))
    for (const arm of Object.values(arms)) await expectSound(arm)
    return figures
  })
}

/** Processor time of all processes of the shop for a paid order of four hot items. */
async function processorFigure(shop: Shop, advance: Advance): Promise<Figure> {
  const turn = () => checkoutTurn(shop, hotWork)
  const { peak } = await inTurns(['peak'], rounds, turn, advance)
  return {
    ...{ name: 'checkout-peak-processor', ...estimate(peak.map(({ processorMs }) => processorMs)) },
    ...{ floor: 3, aim: 1.5, better: 'lower', unit: 'ms of processor a paid order, peak' },
    note: `4 items of 60 hot ones, 64 clients: ${turnsText(peak)}`,
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
