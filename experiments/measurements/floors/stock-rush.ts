import { defaultSeedProfile } from '../../../server/db/seed.ts'
import { recordsOf } from '../../../server/designs/axes.ts'
import { estimate } from '../../judge/inference.ts'
import { percentile } from '../../judge/statistics.ts'
import type { Figure } from '../measurement.ts'
import { type StockOption, sellOut, type Taking } from '../sell-out.ts'
import { type InProcessShop, inShop } from '../shop.ts'
import { s3Seconds } from '../sources/s3-locks.ts'
import { inTurns, quotients } from '../turns.ts'

const buyers = 1000
const rounds = 6
const profile = {
  ...defaultSeedProfile,
  popularDays: 0,
  ...{ users: 1, balanceMinor: 0, products: 1, hotOptions: 1 },
  ...{ stock: buyers, limitedOptionId: 2, limitedStock: 1 },
}
/** An option that takes longer is not the best: its first time stands for all rounds. */
const slowMs = 3000
const compared = 'row-lock'
/** Measured in each buyer's transaction as well, as an order takes it. */
const merged = 'coalesced'
const inOrders = 'coalesced in orders'

/**
 * 1,000 units, 1,000 buyers at once, time to the last right answer: row lock ÷ best. How long a
 * crowd waits at one item, with every option that sells no more than there is.
 */
export const stockRush = inShop({ profile }, async (shop, advance) => {
  const slow = new Map<string, number>()
  const names = [...correctOptions(), inOrders] as const
  const timesMs = await inTurns(
    names,
    rounds,
    async (name) => {
      const known = slow.get(name)
      if (known !== undefined) return known
      const ms =
        name === inOrders
          ? await rightRush(shop, merged, 'in-transaction')
          : await rightRush(shop, name, 'alone')
      if (ms >= slowMs && name !== compared) slow.set(name, ms)
      return ms
    },
    advance,
  )
  return [figureOf(timesMs)]
})

function correctOptions(): StockOption[] {
  const correct = Object.entries(recordsOf('stock')).filter(([, { knownBad }]) => !knownBad)
  return correct.map(([name]) => name as StockOption)
}

/** @throws Error when an answer is wrong */
async function rightRush(
  shop: InProcessShop,
  option: StockOption,
  taking: Taking,
): Promise<number> {
  const { ms, findings } = await sellOut(shop, option, buyers, taking)
  if (findings.length > 0) throw new Error(`stock=${option}: ${findings[0]}`)
  return ms
}

function figureOf(timesMs: Record<StockOption | typeof inOrders, number[]>): Figure {
  const { [inOrders]: claimed, ...alone } = timesMs
  const median = (times: number[]) => percentile(times, 0.5)
  const seconds = (times: number[]) => (median(times) / 1000).toFixed(2)
  const sorted = Object.entries(alone).sort(([, a], [, b]) => median(a) - median(b))
  const [best = compared, bestMs = []] = sorted[0] ?? []
  const medians = sorted.map(([option, times]) => {
    const theirs = s3Seconds[option]
    return `${option} ${seconds(times)} s${theirs === undefined ? '' : ` (source: ${theirs} s)`}`
  })
  return {
    name: 'stock-rush',
    ...estimate(quotients(alone[compared], bestMs)),
    ...{ floor: 5, aim: 20, better: 'higher', unit: `ratio (row lock ÷ ${best})` },
    note:
      `until the last of 1,000 answers, medians: ${medians.join(', ')}. By itself ${merged} ` +
      'needs no transaction for each buyer, the others do; in one, as in an order, it takes ' +
      `${seconds(claimed)} s`,
  }
}
