import { estimate } from '../../judge/inference.ts'
import { percentile } from '../../judge/statistics.ts'
import { shopOf, withArms } from '../arms.ts'
import { checkoutTurn } from '../checkout/turn.ts'
import { turnsText } from '../checkout/words.ts'
import type { Benchmark } from '../measurement.ts'
import { expectSound } from '../order-rush.ts'
import { inTurns, quotients } from '../turns.ts'

const rounds = 8
const work = { items: 2, clients: 1 }
/** Both write the same tables and the same stock: one shop serves them in turn. */
const designs = { peak: 'peak', sorted: 'after,transaction=sorted,admission=open' } as const
const names = Object.keys(designs) as (keyof typeof designs)[]

/**
 * Median time of an order and its payment by balance of one client alone, peak ÷ sorted: what its
 * batches cost where nothing waits.
 */
export const oneClient: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  return await withArms(testBed, { peak: designs.peak }, 'one-client', async ({ peak: arm }) => {
    const shop = shopOf(arm, testBed.chaosToken)
    const turn = (name: keyof typeof designs) =>
      checkoutTurn({ ...shop, design: designs[name] }, work)
    const { peak, sorted } = await inTurns(names, rounds, turn, advance)
    await expectSound(arm)
    const [ours, theirs] = [peak, sorted].map((turns) => turns.map(({ p50Ms }) => p50Ms))
    const middle = (times: number[] = []) => `${percentile(times, 0.5).toFixed(1)} ms`
    return [
      {
        ...{ name: 'one-client', ...estimate(quotients(ours ?? [], theirs ?? [])) },
        ...{ floor: 1.1, better: 'lower', unit: 'ratio of medians (peak ÷ sorted), one client' },
        note:
          `order and payment together: peak ${middle(ours)}, sorted ${middle(theirs)}; audit ` +
          `green. peak: ${turnsText(peak)}; sorted: ${turnsText(sorted)}`,
      },
    ]
  })
}
