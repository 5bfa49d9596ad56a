import { z } from 'zod'
import { integerSetting, portSetting } from '../environment.ts'

/** What the ticket server needs. */
export const ticketsEnvironment = z.object({
  TICKETS_FILE: z
    .string()
    .meta({ expected: 'a path' })
    .describe('High-water marks, written before the ids below them are handed out'),
  // Far ahead of what the old sequence table would reach, so that both may hand out ids at once.
  TICKETS_START: integerSetting(1, Number.MAX_SAFE_INTEGER, 1_000_000_000).describe(
    'First id of a new sequence',
  ),
  STAMPEDE_PORT: portSetting,
})
