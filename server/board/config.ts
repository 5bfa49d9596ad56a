import { z } from 'zod'
import { portSetting, urlSetting } from '../environment.ts'

const tokenText = z
  .string()
  .regex(/^[\w.~+/-]{16,256}$/, 'must be 16 to 256 of A-Z a-z 0-9 . _ ~ + / -')
  .meta({ expected: '16 to 256 of A-Z a-z 0-9 . _ ~ + / -' })

/** The token of an API server, which is for more than chaos. */
export const tokenSetting = tokenText.optional()

/** What a process reads that obeys the board. */
export const boardSettings = {
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
  CHAOS_TOKEN: tokenText.describe('Of all that speak to the board'),
  STAMPEDE_PORT: portSetting,
})
