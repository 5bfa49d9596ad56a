import { createConnection } from 'mysql2/promise'
import { percentile } from '../../judge/statistics.ts'
import type { PrivateArm } from '../../run/arm.ts'
import { shopOf, withArms } from '../arms.ts'
import { processesOf, readSpent, roleNames, type Spent } from '../checkout/cost.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { firstComeShare, type OpenRush, openRush, rushOptionId } from '../open-rush.ts'
import { expectSound } from '../order-rush.ts'

const crowd = { buyers: 100_000, units: 1000, perSecond: 5000, connections: 256 }
/** Of those who come first to a process, which has compiled nothing yet. */
const warmUp = { buyers: 500, units: 100, perSecond: 500, connections: 64 }
const cores = navigator.hardwareConcurrency

/**
 * 100,000 buyers of 1,000 units, whole orders paid at once, preset peak: they arrive at 5,000 a
 * second whatever the answers are. Time to the last right answer, whether those who came first were
 * served first, and whether each answer is what the tables have.
 */
export const orderRushOpen: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  return await withArms(testBed, { peak: 'peak' }, 'order-rush-open', async ({ peak: arm }) => {
    const { orderIds: earlier } = await openRush(arm, warmUp)
    advance(0.1)
    const db = await createConnection({ uri: arm.databaseUrl, connectTimeout: 5000 })
    try {
      const read = () => readSpent(db, processesOf(shopOf(arm)))
      const [own, before] = [process.cpuUsage(), await read()]
      const rush = await openRush(arm, crowd)
      const [used, after] = [process.cpuUsage(own), await read()]
      advance(0.9)
      const untrue = await untrueAnswers(arm, earlier, rush)
      await expectSound(arm)
      return figuresOf(
        rush,
        untrue,
        boundText(rush, (used.user + used.system) / 1000, before, after),
      )
    } finally {
      await db.end()
    }
  })
}

/** Orders that were answered and are not there, or are there and were not answered. */
async function untrueAnswers(
  arm: PrivateArm,
  earlier: readonly string[],
  { orderIds }: OpenRush,
): Promise<number> {
  const [rows] = await arm.db.query(
    `select cast(o.id as char) as id from orders o join order_items i on i.order_id = o.id
     where o.status = 'paid' and i.option_id = ${rushOptionId}`,
  )
  const there = new Set((rows as { id: string }[]).map(({ id }) => id)).difference(new Set(earlier))
  const answered = new Set(orderIds)
  return there.symmetricDifference(answered).size + orderIds.length - answered.size
}

/** Whose processor time bounds the time of the last answer. */
function boundText({ lastMs }: OpenRush, ownMs: number, before: Spent, after: Spent): string {
  const parts = roleNames.flatMap((role) => {
    const ms = (after.processorMs[role] ?? 0) - (before.processorMs[role] ?? 0)
    return ms > 0 ? `${role} ${(ms / 1000).toFixed(1)} s` : []
  })
  const all = (lastMs * cores) / 1000
  return (
    `processor time of ${all.toFixed(1)} s on ${cores} cores: generator ` +
    `${(ownMs / 1000).toFixed(1)} s, ${parts.join(', ')}`
  )
}

function figuresOf(rush: OpenRush, untrue: number, bound: string): Figure[] {
  const exactly = (value: number) => ({ value, low: value, high: value })
  const { buyers, units, perSecond, connections } = crowd
  const sold = rush.winners.length
  const isWhole = sold === units
  const last = rush.winners.reduce((max, buyer) => Math.max(max, buyer + 1), 0)
  const middle = sold > 0 ? percentile(rush.winners, 0.5) + 1 : Number.NaN
  const arrivals = `half of them by arrival ${middle}, the last by arrival ${last}`
  return [
    {
      ...{ name: 'order-rush-open', ...exactly(rush.lastMs / 1000), floor: 120, better: 'lower' },
      unit: `s until the last of ${buyers} answers, peak`,
      note:
        `${perSecond} arrivals a second, at most ${connections} under way, the longest wait for ` +
        `one of them ${(rush.queuedMsMax / 1000).toFixed(1)} s; ${rush.refused} refusals; ${bound}`,
    },
    {
      ...{ name: 'order-rush-open-order', ...exactly(firstComeShare(buyers, rush.winners)) },
      ...{
        floor: 0.95,
        better: 'higher',
        unit: 'rank correlation of arrival and success ÷ the best',
      },
      note: `${sold} had a unit, ${arrivals}`,
    },
    {
      ...{ name: 'order-rush-open-untrue', ...exactly(untrue + Math.abs(units - sold)) },
      ...{ floor: 0, better: 'lower', unit: `untrue answers, and units not sold, of ${buyers}` },
      note: `audit green; ${isWhole ? 'all' : sold} units are in orders that were answered`,
    },
  ]
}
