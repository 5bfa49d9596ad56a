import { z } from 'zod'
import { peerBoardSettings } from '../board/config.ts'
import { databaseUrlSetting, integerSetting, portSetting } from '../environment.ts'
import { ticketRange } from './ranges.ts'

/** What the ticket server needs. */
export const ticketsEnvironment = z
  .object({
    DATABASE_URL: databaseUrlSetting().describe(
      'Where the high-water marks are, raised before the ids below them are handed out',
    ),
    TICKETS_START: integerSetting(1, Number.MAX_SAFE_INTEGER, ticketRange.first).describe(
      'First id of a sequence; a mark below it is raised to it',
    ),
    TICKETS_END: integerSetting(1, Number.MAX_SAFE_INTEGER, ticketRange.last).describe(
      'Last id of a sequence; what lies above may be another source’s',
    ),
    TICKETS_DURABILITY: z
      .enum(['refuse', 'warn'], 'must be refuse or warn')
      .default('refuse')
      .describe('At a database that may lose commits: refuse to start, or only say so'),
    ...peerBoardSettings,
    STAMPEDE_PORT: portSetting,
  })
  .refine(({ TICKETS_START, TICKETS_END }) => TICKETS_START <= TICKETS_END, {
    path: ['TICKETS_END'],
    error: 'must not be below TICKETS_START',
  })
