import { guardDatabaseUrl } from '../lab/servers/databases.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { handlerNames, replayDead } from '../server/worker/replay.ts'
import { defineCommand } from './command.ts'
import { isOn, oneOf, parsed } from './flags.ts'
import { BadValue } from './values.ts'

type Arm = 'before' | 'after' | 'both'

const eventId = parsed((text) => {
  if (/^[a-z0-9-]{1,120}$/.test(text)) return text
  throw new BadValue(`'${text}' is not an event's id such as order-paid-7`)
})

export default defineCommand({
  name: 'replay',
  description: 're-enqueue dead effects of the running environment, or of DATABASE_URL',
  flags: {
    arm: {
      hint: 'name',
      help: 'of the running environment: before, after or both',
      value: oneOf(['before', 'after', 'both']).optional(),
    },
    eventId: {
      flag: 'event',
      hint: 'id',
      help: 'only effects of this event',
      value: eventId.optional(),
    },
    handler: {
      hint: 'name',
      help: handlerNames.join(', '),
      value: oneOf(handlerNames).optional(),
    },
    listOnly: { flag: 'list', help: 'list dead effects only', value: isOn },
  },
  run: async ({ arm, ...options }) => {
    for (const [name, url] of await databasesOf(arm)) {
      const say = (line: string) => console.log(`${name}: ${line}`)
      await replayDead(url, options, say).catch((error) => refuse(name, error))
    }
  },
})

/** An error of the database is its user's to act on; any other is a defect, with its stack. */
function refuse(name: string, error: Error): never {
  const cause = error.cause instanceof Error ? error.cause : error
  if (!('errno' in cause)) throw error
  throw new UserError(`${name}: ${cause.message}`)
}

/** Name and URL of every database to look at: the running environment's, else DATABASE_URL. */
async function databasesOf(arm: Arm | undefined): Promise<[name: string, url: string][]> {
  const { readUp } = await import('../experiments/up/up-file.ts')
  const up = await readUp()
  if (up) {
    const names = arm === undefined || arm === 'both' ? (['before', 'after'] as const) : [arm]
    return names.map((name) => [name, up.arms[name].database])
  }
  const url = process.env.DATABASE_URL
  if (arm === undefined && url) return [['DATABASE_URL', guardDatabaseUrl(url, 50).href]]
  const hint = arm === undefined ? ', or set DATABASE_URL' : ''
  const text = `no environment is running: start one with ./stampede up${hint}`
  throw new UserError(text, exitCodes.badArguments)
}
