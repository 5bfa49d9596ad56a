import { z } from 'zod'
import { databaseUrlSetting, portSetting, urlSetting } from '../environment.ts'
import type { GuardedPlace } from './places.ts'

/** A token that there has to be. */
export const tokenText = z
  .string()
  .regex(/^[\w.~+/-]{16,256}$/, 'must be 16 to 256 of A-Z a-z 0-9 . _ ~ + / -')
  .meta({ expected: '16 to 256 of A-Z a-z 0-9 . _ ~ + / -' })

/** The token of an API server, which is for more than chaos. */
export const tokenSetting = tokenText.optional()

/** Where chaos is allowed. */
export const placeSettings = {
  CHAOS_ALLOWED_IN: z
    .string()
    .regex(/^(production|network|production,network)$/, 'must be production, network, or both')
    .transform((text) => text.split(',') as GuardedPlace[])
    .optional()
    .meta({ expected: '`production`, `network` or `production,network`' })
    .describe('Allows chaos where NODE_ENV is production, or STAMPEDE_HOST is not loopback'),
  NODE_ENV: z.string().optional().describe('`production`: no chaos unless CHAOS_ALLOWED_IN has it'),
}

/** What a process reads that obeys the board. */
export const boardSettings = {
  ...placeSettings,
  CHAOS_BOARD_URL: urlSetting(/^http$/, 'http://127.0.0.1:4003')
    .optional()
    .describe('Board whose faults it obeys; needs CHAOS_TOKEN'),
}

/** The same of a process that has no other use for the token. */
export const peerBoardSettings = {
  ...boardSettings,
  CHAOS_TOKEN: tokenSetting.describe('Of the board, for its faults and the routes of chaos'),
}

/** What the board process needs. */
export const boardEnvironment = z.object({
  ...placeSettings,
  CHAOS_TOKEN: tokenText.describe('Of all that speak to the board'),
  DATABASE_URL: databaseUrlSetting()
    .optional()
    .describe(
      'The shop’s, for faults that act on sessions of their own; unset = these are refused',
    ),
  STAMPEDE_PORT: portSetting,
})
