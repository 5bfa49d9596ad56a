import { z } from 'zod'
import { boardSettings, peerBoardSettings, tokenSetting } from './board/config.ts'
import { BadWebhookUrl, parseWebhookUrl } from './clients/webhook-url.ts'
import { type Design, parseDesign, refusalIn } from './designs/design.ts'
import {
  databaseUrlSetting,
  integerSetting,
  portSetting,
  redisUrlSetting,
  redlockUrlsSetting,
  urlSetting as url,
} from './environment.ts'

/** An answer is given by then, whatever the handler still waits for. */
export const requestTimeoutMs = 8000

/** A design by name or list; a word that is not known is refused at start. */
const design = z
  .string()
  .default('after')
  .transform((text, context) => {
    try {
      return parseDesign(text)
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error))
      return z.NEVER
    }
  })

/** Judged at the start: a wrong one would be found when the first alert is due. */
const webhookUrl = z.string().transform((text, context) => {
  try {
    return parseWebhookUrl(text)
  } catch (error) {
    if (!(error instanceof BadWebhookUrl)) throw error
    context.addIssue(error.message)
    return z.NEVER
  }
})

/** What both the API server and the worker need. */
const shared = {
  STAMPEDE_PORT: portSetting,
  STAMPEDE_ARM: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be a short name')
    .default('after')
    .meta({ expected: '1 to 32 of a-z 0-9 -' })
    .describe('Label of every metric, and part of the queue’s name'),
  STAMPEDE_DESIGN: design
    .meta({ expected: 'a preset, or axis=option,…' })
    .describe('Design of requests without x-design, until its flags are changed'),
  DATABASE_URL: databaseUrlSetting().describe('MariaDB or MySQL, with the schema'),
  REDIS_URL: redisUrlSetting().describe('Locks, caches and the queue of the effects'),
  REDLOCK_URLS: redlockUrlsSetting
    .optional()
    .describe('Lock servers; options that need them are refused when it is unset'),
  TICKETS_URL: url(/^http$/, 'http://127.0.0.1:4001').describe('Ticket server'),
  BANK_URL: url(/^http$/, 'http://127.0.0.1:4002').describe('Bank and partners'),
  STAMPEDE_ORDER_TTL_SECONDS: integerSetting(1, 86_400, 900).describe(
    'An order unpaid for so long is cancelled',
  ),
  STAMPEDE_METRICS: z
    .enum(['on', 'off'], 'must be on or off')
    .default('on')
    .describe('off observes nothing: only for measuring what observation costs'),
}

interface Needed {
  STAMPEDE_DESIGN: Design
  REDLOCK_URLS?: string[] | undefined
}

/** A design that could serve no order is refused at the start. */
const refuseLacking = (
  { STAMPEDE_DESIGN, REDLOCK_URLS }: Needed,
  context: z.core.$RefinementCtx,
): void => {
  const why = refusalIn({ hasLockServers: REDLOCK_URLS !== undefined }, STAMPEDE_DESIGN)
  if (why !== undefined) {
    context.addIssue({ code: 'custom', path: ['STAMPEDE_DESIGN'], message: why })
  }
}

const serverSettings = z.object({
  ...shared,
  ...boardSettings,
  CHAOS_TOKEN: tokenSetting.describe(
    'Enables chaos, changes of the design and x-design for those who send it',
  ),
  STAMPEDE_REHEARSAL: z
    .enum(['on', 'off'], 'must be on or off')
    .default('off')
    .meta({ expected: 'on or off' })
    .describe('on takes x-design from any client; off only with the token'),
  STAMPEDE_POOL_CONNECTIONS: integerSetting(1, 200, 16).describe(
    'Most connections to the database',
  ),
})
export const serverEnvironment = serverSettings.superRefine(refuseLacking)

const workerSettings = z.object({
  ...shared,
  ...peerBoardSettings,
  SLACK_WEBHOOK_URL: webhookUrl
    .optional()
    .meta({ expected: 'https://hooks.slack.com/services/…' })
    .describe('Slack webhook for alerts about dead effects; no alerts when unset'),
  STAMPEDE_COUPON_NUMBERS_PER_SECOND: integerSetting(0, 100_000, 5000).describe(
    'Most coupon numbers made per second, where fewer are free than a product’s low-water mark',
  ),
})
export const workerEnvironment = workerSettings.superRefine(refuseLacking)

/** Of the one-off that makes a schema and its seed. */
export const prepareEnvironment = z.object({ DATABASE_URL: shared.DATABASE_URL })

export type ServerConfig = z.output<typeof serverEnvironment>
export type WorkerConfig = z.output<typeof workerEnvironment>
