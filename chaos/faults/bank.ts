import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const rate = (what: string) => z.number().min(0).max(1).default(0).describe(what)

const settings = commonSettings
  .extend({
    // The bank takes whole milliseconds only.
    latencyMs: z.int().min(0).max(30_000).default(0).describe('Added to the bank’s own time'),
    errorRate: rate('Share of charges that the bank refuses'),
    lostRate: rate('Share of charges that happen and are never answered'),
  })
  .refine(({ errorRate, lostRate }) => errorRate + lostRate <= 1, {
    message: 'errorRate and lostRate must not exceed 1 together',
    path: ['lostRate'],
  })

/** The bank is slow, refuses, or charges without an answer. */
export const bank = defineFault({
  name: 'bank',
  summary: 'The bank answers late, with errors, or not at all after charging.',
  imitates: 'a payment provider that is overloaded',
  hurts:
    '`transaction=one-big` and shapes like it, whose call to the bank holds the order’s locks; ' +
    'orders whose charge has no answer are in doubt until the ledger is asked',
  spares:
    'shapes that call the bank outside the transaction, as long as connections last, and orders ' +
    'that are paid from the balance',
  processes: ['api', 'worker'],
  settings,
  example: { latencyMs: 500, errorRate: 0.1, lostRate: 0.05 },
  bankHeaders({ latencyMs, errorRate, lostRate }, chance) {
    const drawn = chance()
    const headers: Record<string, string> = {}
    if (latencyMs > 0) headers['x-bank-latency-ms'] = String(latencyMs)
    if (drawn < errorRate) headers['x-bank-outcome'] = 'error'
    else if (drawn < errorRate + lostRate) headers['x-bank-outcome'] = 'lost'
    return Object.keys(headers).length > 0 ? headers : undefined
  },
})
