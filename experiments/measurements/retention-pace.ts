import type { PrivateArm } from '../run/arm.ts'
import { shopOf } from './arms.ts'
import { checkOut } from './checkout/clients.ts'
import type { Figure } from './measurement.ts'
import { expiredLeft, writeExpired } from './old-rows.ts'

/** A sale for which retention has to keep up: each order leaves two keys, and an event. */
const ordersPerSecond = 200
const seconds = 20
const keys = 2 * ordersPerSecond * seconds
const events = ordersPerSecond * seconds
const effectsEach = 3
const work = { items: 1, clients: 64 }
const lookMs = 250
const secondsMax = 120

/**
 * Rows that retention deletes in a second while a crowd buys, ÷ those that 200 orders a second
 * leave behind: the time from the write of expired rows until the last has gone, the pause before
 * its next turn included.
 */
export async function retentionFigure(arm: PrivateArm, token: string): Promise<Figure> {
  const rows = keys + events * (1 + effectsEach)
  await writeExpired(arm.databaseUrl, { keys, events })
  const startedMs = performance.now()
  const endsAtMs = startedMs + secondsMax * 1000
  let left = rows
  const shop = { ...shopOf(arm, token), design: 'peak' }
  const watched = Promise.withResolvers<number>()
  const read = async () => 0
  const crowd = checkOut(shop, work, { warmMs: 0, countedMs: (seconds / 2) * 1000, read })
  const watch = async () => {
    while (left > 0 && performance.now() < endsAtMs) {
      await Bun.sleep(lookMs)
      left = await expiredLeft(arm.databaseUrl)
    }
    return (performance.now() - startedMs) / 1000
  }
  watch().then(watched.resolve, watched.reject)
  const [{ paidPerSecond }, took] = await Promise.all([crowd, watched.promise])
  const ratio = (rows - left) / took / (rows / seconds)
  return {
    ...{ name: 'growth-retention', value: ratio, low: ratio, high: ratio },
    ...{ floor: 1, better: 'higher', unit: `× of what ${ordersPerSecond} orders/s leave behind` },
    note:
      `${rows} expired rows (keys, events, effects) were gone after ${took.toFixed(1)} s, ` +
      `${left} are left; meanwhile ${paidPerSecond.toFixed(0)} orders/s were paid`,
  }
}
