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
/** Has the lock servers started. */
const design = 'after,stock=redlock'
/** Measured without each buyer's transaction as well, which no order can do. */
const merged = 'coalesced'
const bare = 'coalesced alone'

/**
 * 1,000 units, 1,000 buyers at once, time to the last right answer: row lock ÷ best. How long a
 * crowd waits at one item, with every option that sells no more than there is: in a transaction of
 * each buyer, as in an order, and beside it without one.
 */
export const stockRush = inShop({ profile, design }, async (shop, advance) => {
  const slow = new Map<string, number>()
  const names = [...correctOptions(shop), bare] as const
  const timesMs = await inTurns(
    names,
    rounds,
    async (name) => {
      const known = slow.get(name)
      if (known !== undefined) return known
      const ms =
        name === bare
          ? await rightRush(shop, merged, 'alone')
          : await rightRush(shop, name, 'in-transaction')
      if (ms >= slowMs && name !== compared) slow.set(name, ms)
      return ms
    },
    advance,
  )
  return figuresOf(timesMs)
})

function correctOptions({ services }: InProcessShop): StockOption[] {
  const hasLockServers = services.lockServers.length > 0
  const correct = Object.entries(recordsOf('stock')).filter(
    ([, { knownBad, needsLockServers }]) => !knownBad && (hasLockServers || !needsLockServers),
  )
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

function figuresOf(timesMs: Record<StockOption | typeof bare, number[]>): Figure[] {
  const { [bare]: bareMs, ...claimed } = timesMs
  const median = (times: number[]) => percentile(times, 0.5)
  const seconds = (times: number[]) => `${(median(times) / 1000).toFixed(2)} s`
  const sorted = Object.entries(claimed).sort(([, a], [, b]) => median(a) - median(b))
  const [best = compared, bestMs = []] = sorted[0] ?? []
  const medians = sorted.map(([option, times]) => {
    const theirs = s3Seconds[option]
    return `${option} ${seconds(times)}${theirs === undefined ? '' : ` (source: ${theirs} s)`}`
  })
  const rowLock = claimed[compared]
  return [
    {
      name: 'stock-rush',
      ...estimate(quotients(rowLock, bestMs)),
      ...{ floor: 1.2, better: 'higher', unit: `ratio (row lock ÷ ${best})` },
      note:
        'until the last of 1,000 answers, each buyer in a transaction as in an order, medians: ' +
        `${medians.join(', ')}`,
    },
    {
      name: 'stock-rush-bare',
      ...estimate(quotients(rowLock, bareMs)),
      ...{ floor: 5, aim: 20, better: 'higher', unit: `ratio (row lock ÷ ${bare})` },
      note: `${bare} ${seconds(bareMs)}: units are taken for good, and no buyer has claimed one`,
    },
  ]
}
