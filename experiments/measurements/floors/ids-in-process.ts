import { median } from 'simple-statistics'
import { createTicketClient, type TicketClient } from '../../../server/clients/ticket-client.ts'
import { inversionsIn } from '../../../server/tickets/inversions.ts'
import { closedLoop } from '../../run/closed-loop.ts'
import { inShop } from '../shop.ts'
import { tableIds } from '../table-ids.ts'
import { interleaved } from '../turns.ts'

const rounds = 8
const roundMs = 400
/** Between two looks at the clock. */
const idsPerCall = 1000
const turns = 500

/**
 * Ids per second: awaited one by one from leased ranges ÷ sequence table. What an id costs if
 * ranges are leased ahead, against a row of a table.
 */
export const idsInProcess = inShop({}, async (shop, advance) => {
  const fromTable = await tableIds(shop)
  const { tickets } = shop.services
  await idsPerSecond(tickets)
  const measures = [() => fromTable(roundMs), () => idsPerSecond(tickets)] as const
  const { ratio, a, b } = await interleaved(measures, rounds, advance)
  const rates = `${rateText(a)} from the table, ${rateText(b)} from ranges`
  const note = `${rates}; ${await orderOf(shop.urls.TICKETS_URL)}`
  const bounds = { floor: 1000, aim: 5000, better: 'higher', unit: 'ratio' } as const
  return [{ name: 'ids-in-process', ...ratio, ...bounds, note }]
})

async function idsPerSecond(tickets: TicketClient): Promise<number> {
  const { perSecond } = await closedLoop(1, roundMs, async () => {
    for (let id = 0; id < idsPerCall; id += 1) await tickets.next('orders')
  })
  return perSecond * idsPerCall
}

/** What leasing ahead costs: two clients, as two processes have them, take ids in turn. */
async function orderOf(url: string): Promise<string> {
  const clients = [createTicketClient({ url }), createTicketClient({ url })]
  const inTurn = async (take: (client: TicketClient) => Promise<string[]>) => {
    const ids: string[] = []
    for (let turn = 0; turn < turns; turn += 1) {
      for (const client of clients) ids.push(...(await take(client)))
    }
    return inversionsIn(ids)
  }
  const fast = await inTurn(async (client) => client.take('payments', 1))
  const strict = await inTurn((client) => client.takeInOrder('payments', 1))
  const counted = `${fast} were smaller than one before, in strict order ${strict}`
  return `of ${turns * 2} ids taken by two clients in turn ${counted}`
}

/** Median of rates per second, in words. */
export const rateText = (rates: number[]): string =>
  `${Math.round(median(rates)).toLocaleString('en')}/s`
