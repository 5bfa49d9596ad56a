import { median } from 'simple-statistics'
import { createTicketClient, type TicketClient } from '../../../server/clients/ticket-client.ts'
import { inversionsIn } from '../../../server/tickets/inversions.ts'
import { interleaved } from '../../measure/turns.ts'
import type { Benchmark } from '../figure.ts'
import { openBenchShop } from '../shop.ts'
import { tableIds } from './table-ids.ts'

const rounds = 8
const roundMs = 400
const idsPerLook = 1000
const turns = 500

/** What an id costs where ranges are leased ahead, against a row of a table. */
export const idsInProcess: Benchmark = {
  name: 'ids-in-process',
  summary: 'ids per second: awaited one by one from leased ranges ÷ sequence table',
  async measure(experiment, advance) {
    const shop = await openBenchShop(await experiment.testBed(), 'ids_in_process')
    try {
      const fromTable = await tableIds(shop)
      const { tickets } = shop.services
      await idsPerSecond(tickets, roundMs)
      const measures = [() => fromTable(roundMs), () => idsPerSecond(tickets, roundMs)] as const
      const { ratio, a, b } = await interleaved(measures, rounds, advance)
      const rates = `${rateText(a)} from the table, ${rateText(b)} from ranges`
      const note = `${rates}; ${await orderOf(shop)}`
      const bounds = { floor: 1000, aim: 5000, better: 'higher', unit: 'ratio' } as const
      return [{ name: 'ids-in-process', ...ratio, ...bounds, note }]
    } finally {
      await shop.close()
    }
  },
}

async function idsPerSecond(tickets: TicketClient, durationMs: number): Promise<number> {
  const startedMs = performance.now()
  let taken = 0
  while (performance.now() - startedMs < durationMs) {
    for (let turn = 0; turn < idsPerLook; turn += 1) await tickets.next('orders')
    taken += idsPerLook
  }
  return (taken / (performance.now() - startedMs)) * 1000
}

/** What leasing ahead costs: two clients, as two processes have them, take ids in turn. */
async function orderOf({ ticketsUrl: url }: { ticketsUrl: string }): Promise<string> {
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
