import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

const settings = commonSettings.extend({
  attempts: z.int().min(1).max(20).default(5).describe('Most tries of one request'),
  timeoutMs: z.int().min(50).max(60_000).default(300).describe('A try is given up after so long'),
  backoff: z
    .enum(['none', 'fixed', 'exponential', 'decorrelated'])
    .default('none')
    .describe('How the pauses between tries grow; `decorrelated`: at random, to thrice the last'),
  baseMs: z.int().min(0).max(60_000).default(100).describe('The first pause'),
  jitter: z.number().min(0).max(1).default(0).describe('Share of each pause that is random'),
  key: z
    .enum(['same', 'new'])
    .default('same')
    .describe('Whether a retry has the idempotency key of the first try'),
  retryAfter: z
    .enum(['obey', 'ignore'])
    .default('obey')
    .describe('Whether clients wait as an answer asks; without back-off they never do'),
  budget: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Most requests of a visit beyond the first for each thing; absent = no limit'),
})

/** Makes running clients misbehave, by a header of every answer. */
export const retryStorm = defineFault({
  name: 'retry-storm',
  summary: 'Clients lose patience early and ask again, as often and as fast as the header demands.',
  imitates: 'clients, or their libraries, that retry early and without a budget',
  incident:
    'Amazon DynamoDB, 20 September 2015: retries of storage servers kept the metadata service ' +
    'overloaded, https://aws.amazon.com/message/5467D2/',
  hurts: '`admission=open`, which does the work of attempts that were given up',
  spares: 'designs that refuse early, and answer a repeated key from what is stored',
  processes: ['api'],
  settings,
  example: {
    ...{ attempts: 5, timeoutMs: 300, backoff: 'none', baseMs: 100, jitter: 0, key: 'same' },
  },
  clientPolicy({ attempts, timeoutMs, backoff, baseMs, jitter, key, retryAfter, budget }) {
    return (
      `attempts=${attempts};timeout-ms=${timeoutMs};backoff=${backoff};` +
      `base-ms=${baseMs};jitter=${jitter};key=${key}` +
      (retryAfter === 'ignore' ? ';retry-after=ignore' : '') +
      (budget === undefined ? '' : `;budget=${budget}`)
    )
  },
})
