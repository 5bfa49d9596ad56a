import { createTicketClient, type TicketClient } from '../../../server/clients/ticket-client.ts'
import { inversionsIn } from '../../../server/tickets/ranges.ts'
import { closedLoop } from '../../run/closed-loop.ts'
import { answersWithin } from '../raw-http.ts'
import { type InProcessShop, inShop } from '../shop.ts'
import { interleaved, rateText } from '../turns.ts'

const rounds = 8
const roundMs = { inProcess: 400, overHttp: 500 }
/** Between two looks at the clock. */
const idsPerCall = 1000
const turns = 500
/** Transactions at once with which the sequence table is tried. */
const concurrencies = [4, 16]

/**
 * Ids per second: awaited one by one from leased ranges ÷ sequence table. What an id costs if
 * ranges are leased ahead, against a row of a table.
 */
export const idsInProcess = inShop({}, async (shop, advance) => {
  const fromTable = await tableIds(shop, roundMs.inProcess)
  const { tickets } = shop.services
  const fromRanges = async () => {
    const { perSecond } = await closedLoop(1, roundMs.inProcess, async () => {
      for (let id = 0; id < idsPerCall; id += 1) await tickets.next('orders')
    })
    return perSecond * idsPerCall
  }
  await fromRanges()
  const { ratio, a, b } = await interleaved([fromTable, fromRanges], rounds, advance)
  const rates = `${rateText(a)} from the table, ${rateText(b)} from ranges`
  const note = `${rates}; ${await orderOf(shop.urls.TICKETS_URL)}`
  const bounds = { floor: 1000, aim: 5000, better: 'higher', unit: 'ratio' } as const
  return [{ name: 'ids-in-process', ...ratio, ...bounds, note }]
})

/**
 * Ids per second: one per HTTP request at the ticket server ÷ sequence table. What an id costs if
 * each is requested by itself over HTTP, against a row of a table.
 */
export const idsOverHttp = inShop({}, async (shop, advance) => {
  const fromTable = await tableIds(shop, roundMs.overHttp)
  const port = Number(new URL(shop.urls.TICKETS_URL).port)
  const overHttp = async () =>
    ((await answersWithin(port, 'POST /v1/ids/orders', roundMs.overHttp)) / roundMs.overHttp) * 1000
  await overHttp()
  const { ratio, a, b } = await interleaved([fromTable, overHttp], rounds, advance)
  const note = `${rateText(a)} from the table, ${rateText(b)} over HTTP from 64 connections`
  const bounds = { floor: 10, aim: 20, better: 'higher', unit: 'ratio' } as const
  return [{ name: 'ids-over-http', ...ratio, ...bounds, note }]
})

/**
 * The old way at its best: one id per transaction from the sequence table, at the better of two
 * concurrencies.
 * @returns measures ids per second over `durationMs`
 */
async function tableIds(shop: InProcessShop, durationMs: number): Promise<() => Promise<number>> {
  const ctx = shop.ctx('ids=sequence-table')
  const take = () => ctx.connections.transaction((db) => ctx.design.ids.take(ctx, db, 'orders', 1))
  const idsPerSecond = async (concurrency: number, lengthMs: number) =>
    (await closedLoop(concurrency, lengthMs, take)).perSecond
  const probeMs = 400
  await idsPerSecond(16, probeMs)
  const rates: [concurrency: number, rate: number][] = []
  for (const concurrency of concurrencies) {
    rates.push([concurrency, await idsPerSecond(concurrency, probeMs)])
  }
  const [[best] = [16]] = rates.toSorted(([, a], [, b]) => b - a)
  return () => idsPerSecond(best, durationMs)
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
