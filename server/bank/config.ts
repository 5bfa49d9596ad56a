import { z } from 'zod'
import { peerBoardSettings } from '../board/config.ts'
import { integerSetting, portSetting } from '../environment.ts'

/** What the pretend bank and partners need. */
export const bankEnvironment = z.object({
  BANK_FILE: z.string().meta({ expected: 'a path' }).describe('The bank’s own ledger, SQLite'),
  BANK_LATENCY_MS: integerSetting(0, 30_000, 80).describe(
    'Mean time of a charge; each takes up to a quarter more or less',
  ),
  PARTNERS_LATENCY_MS: integerSetting(0, 30_000, 5).describe('Time that a partner takes'),
  BANK_SEED: integerSetting(0, 2 ** 32 - 1, 1).describe('Of the latencies and failures'),
  BANK_MAY_FORGET: z
    .enum(['on', 'off'])
    .default('off')
    .describe(
      '`on` lets DELETE /v1/ledger empty both ledgers, for a bank that outlives a rehearsal',
    ),
  ...peerBoardSettings,
  STAMPEDE_PORT: portSetting,
})
