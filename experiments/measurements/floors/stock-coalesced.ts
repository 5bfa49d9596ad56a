import { sql } from 'drizzle-orm'
import { defaultSeedProfile } from '../../../server/db/seed.ts'
import { estimate } from '../../judge/inference.ts'
import { closedLoop } from '../../run/closed-loop.ts'
import type { Figure } from '../measurement.ts'
import { type InProcessShop, inShop } from '../shop.ts'
import { inTurns, quotients, rateText } from '../turns.ts'

const rounds = 7
const roundMs = 1000
/** More than can be taken in all rounds, and below what the column can hold. */
const units = 2_000_000_000
const line = { optionId: '1', quantity: 1 }

/** How many at once suits each best: beyond eight, those of a row lock only queue. */
const arms = {
  'row-lock': { option: 'row-lock', callers: 8, isAlone: false },
  claimed: { option: 'coalesced', callers: 64, isAlone: false },
  bare: { option: 'coalesced', callers: 1024, isAlone: true },
} as const
type Arm = keyof typeof arms
const names = Object.keys(arms) as Arm[]

const profile = { ...defaultSeedProfile, users: 10, products: 10, stock: units }
const options = { profile, poolConnections: arms.claimed.callers }

/**
 * Durable decrements of one product per second: coalesced ÷ row-lock. One product that all want:
 * as an order takes it, and beside it what one process takes where no buyer has to claim a share.
 */
export const stockCoalesced = inShop(options, async (shop, advance) => {
  const taken = { count: 0 }
  const measure = (name: Arm) => taking(shop, name, taken)
  for (const name of names) await measure(name)
  const rates = await inTurns(names, rounds, measure, advance)
  await shop.options.settle('stock')
  const left = await leftIn(shop)
  if (left !== units - taken.count) {
    throw new Error(`${taken.count} of ${units} units were taken, and ${left} are left`)
  }
  return figuresOf(rates, taken.count)
})

function figuresOf(rates: Record<Arm, number[]>, count: number): Figure[] {
  const rate = (name: Arm) => `${rateText(rates[name])} with ${arms[name].callers} callers`
  const ratio = (name: Arm) => estimate(quotients(rates[name], rates['row-lock']))
  const claimedNote =
    `row-lock ${rate('row-lock')}, coalesced ${rate('claimed')}; each buyer’s transaction takes ` +
    `a unit and commits, as in an order; ${count} units taken in all turns, as many are gone`
  const bareNote =
    `coalesced ${rate('bare')}, whose units are off the stock and no buyer’s: without the ` +
    'claim of each buyer, which the row lock’s transactions stand for'
  const common = { better: 'higher', unit: 'ratio' } as const
  return [
    { name: 'stock-coalesced', ...ratio('claimed'), floor: 1.2, ...common, note: claimedNote },
    {
      name: 'stock-coalesced-bare',
      ...ratio('bare'),
      floor: 20,
      aim: 100,
      ...common,
      note: bareNote,
    },
  ]
}

/** Callers that take one unit after the other for a second. @returns units per second */
async function taking(shop: InProcessShop, name: Arm, taken: { count: number }): Promise<number> {
  const { option, callers, isAlone } = arms[name]
  const ctx = shop.ctx(`stock=${option}`)
  const { stock } = ctx.design
  const { done, seconds } = await closedLoop(callers, roundMs, async () => {
    if (isAlone) await stock.takeAlone?.(ctx, line)
    else await ctx.connections.transaction((db) => stock.take(ctx, db, line))
  })
  taken.count += done
  return done / seconds
}

async function leftIn({ services }: InProcessShop): Promise<number> {
  const rows = await services.connections.use((db) =>
    db.rows<{ stock: number }>(sql`select stock from product_options where id = ${line.optionId}`),
  )
  return rows[0]?.stock ?? Number.NaN
}
