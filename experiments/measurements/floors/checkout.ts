import { parseDesign } from '../../../server/designs/design.ts'
import { estimate } from '../../judge/inference.ts'
import { openArm } from '../../run/arm.ts'
import { checkoutDesigns, type Shop } from '../checkout/shop.ts'
import { checkoutTurn } from '../checkout/turn.ts'
import { turnsText } from '../checkout/words.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { inTurns, partOf, quotients } from '../turns.ts'

const rounds = 6
/** The first shows the rate, the second what an order of two items costs. */
const works = [
  { name: 'checkout', items: 1, clients: 64 },
  { name: 'checkout-two-items', items: 2, clients: 16 },
] as const
const statementsMax = 24

/**
 * Order, then payment by balance, of clients that only know HTTP: orders paid per second, after ÷
 * before, and statements for each paid order.
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
  const { before, after } = await inTurns(checkoutDesigns, rounds, turn, advance)
  const rates = [after, before].map((turns) => turns.map((one) => one.paidPerSecond))
  const ratio = estimate(quotients(rates[0] ?? [], rates[1] ?? []))
  const note = `before: ${turnsText(before)}; after: ${turnsText(after)}`
  const faster: Figure = { name, ...ratio, floor: 1, better: 'higher', unit: '×', note }
  if (work.items === 1) return [faster]
  const statements = estimate(after.map(({ cost }) => cost.statements))
  return [
    faster,
    {
      name: 'checkout-statements',
      ...statements,
      ...{ floor: statementsMax, aim: 18, better: 'lower' },
      unit: 'statements of a paid order of two items, after',
    },
  ]
}
