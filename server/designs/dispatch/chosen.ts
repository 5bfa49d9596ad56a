import type { Ctx } from '../../ctx.ts'
import type { Option } from '../option.ts'
import { claimWaiting, type Dispatch, waitingOrders, writeOffers } from './dispatch.ts'

/** A worker looks at so many of the oldest and picks one. */
const listed = 20
const looksMax = 20

export const chosen: Option<Dispatch> = {
  summary: 'the worker picks from a list, and claims it if it still waits',
  doc: 'S4’s second design.',
  closes: 'two workers who picked the same, since one claim changes the row',
  leavesOpen: 'the other has to look again',
  hazard: 'the order of the list is only roughly kept',
  open: () => ({
    offer: (_ctx, db, orderIds) => writeOffers(db, orderIds),
    async take(ctx, workerId) {
      for (let look = 0; look < looksMax; look += 1) {
        const waiting = await ctx.connections.use((db) => waitingOrders(db, listed))
        if (waiting.length === 0) return undefined
        const taken = await pick(ctx, workerId, waiting)
        if (taken !== undefined) return taken
      }
      return undefined
    },
  }),
}

async function pick(ctx: Ctx, workerId: string, waiting: string[]): Promise<string | undefined> {
  while (waiting.length > 0) {
    const [orderId = ''] = waiting.splice(Math.floor(Math.random() * waiting.length), 1)
    if (await ctx.connections.use((db) => claimWaiting(db, orderId, workerId))) return orderId
    ctx.observer.dispatched('raced')
  }
  return undefined
}
