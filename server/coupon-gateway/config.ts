import { z } from 'zod'
import { peerBoardSettings } from '../board/config.ts'
import { integerSetting, portSetting, urlSetting } from '../environment.ts'

/** What the internal API server between partners and the issuer needs. */
export const couponGatewayEnvironment = z.object({
  ISSUER_URL: urlSetting(/^http$/, 'http://127.0.0.1:3000').describe('API server that issues'),
  STAMPEDE_ARM: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be a short name')
    .default('after')
    .meta({ expected: '1 to 32 of a-z 0-9 -' })
    .describe('Label of every metric'),
  GATEWAY_RETRIES: integerSetting(0, 20, 3).describe('Tries after the first one of a request'),
  GATEWAY_BACKOFF_MS: integerSetting(0, 60_000, 0).describe(
    'Wait before the second try, doubled before each further one; 0 tries again at once',
  ),
  GATEWAY_RETRIES_EMPTY: z
    .enum(['on', 'off'], 'must be on or off')
    .default('on')
    .meta({ expected: 'on or off' })
    .describe('on tries again where the pool is empty, as source S2 did'),
  GATEWAY_TIMEOUT_MS: integerSetting(50, 60_000, 2000).describe('Of each try'),
  GATEWAY_DEADLINE_MS: integerSetting(50, 100_000, 10_000).describe(
    'Of all tries of a request and the waits between them: then the partner has its answer',
  ),
  GATEWAY_RATE_PER_SECOND: integerSetting(0, 100_000, 0).describe(
    'Most requests per second under one key of a partner; 0 = any number',
  ),
  ...peerBoardSettings,
  STAMPEDE_PORT: portSetting,
})
