import { interleaved } from '../../measure/turns.ts'
import type { Benchmark } from '../figure.ts'
import { openBenchShop } from '../shop.ts'
import { rateText } from './ids-in-process.ts'
import { answersWithin } from './pound.ts'
import { tableIds } from './table-ids.ts'

const rounds = 8
const roundMs = 500

/** What an id costs where each is asked for by itself over HTTP, against a row of a table. */
export const idsOverHttp: Benchmark = {
  name: 'ids-over-http',
  summary: 'ids per second: one per HTTP request at the ticket server ÷ sequence table',
  async measure(experiment, advance) {
    const shop = await openBenchShop(await experiment.testBed(), 'ids_over_http')
    try {
      const fromTable = await tableIds(shop)
      const port = Number(new URL(shop.ticketsUrl).port)
      const overHttp = async () =>
        ((await answersWithin(port, 'POST /v1/ids/orders', roundMs)) / roundMs) * 1000
      await overHttp()
      const { ratio, a, b } = await interleaved(
        [() => fromTable(roundMs), overHttp],
        rounds,
        advance,
      )
      const note = `${rateText(a)} from the table, ${rateText(b)} over HTTP from 64 connections`
      const bounds = { floor: 10, aim: 20, better: 'higher', unit: 'ratio' } as const
      return [{ name: 'ids-over-http', ...ratio, ...bounds, note }]
    } finally {
      await shop.close()
    }
  },
}
