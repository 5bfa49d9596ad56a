import { answersWithin } from '../raw-http.ts'
import { inShop } from '../shop.ts'
import { tableIds } from '../table-ids.ts'
import { interleaved } from '../turns.ts'
import { rateText } from './ids-in-process.ts'

const rounds = 8
const roundMs = 500

/**
 * Ids per second: one per HTTP request at the ticket server ÷ sequence table. What an id costs if
 * each is requested by itself over HTTP, against a row of a table.
 */
export const idsOverHttp = inShop({}, async (shop, advance) => {
  const fromTable = await tableIds(shop)
  const port = Number(new URL(shop.urls.TICKETS_URL).port)
  const overHttp = async () =>
    ((await answersWithin(port, 'POST /v1/ids/orders', roundMs)) / roundMs) * 1000
  await overHttp()
  const turns = [() => fromTable(roundMs), overHttp] as const
  const { ratio, a, b } = await interleaved(turns, rounds, advance)
  const note = `${rateText(a)} from the table, ${rateText(b)} over HTTP from 64 connections`
  const bounds = { floor: 10, aim: 20, better: 'higher', unit: 'ratio' } as const
  return [{ name: 'ids-over-http', ...ratio, ...bounds, note }]
})
