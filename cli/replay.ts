import { z } from 'zod'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { type DeadFilter, handlerNames, replayDead } from '../server/worker/replay.ts'
import { type Command, readArguments, validateFlags } from './arguments.ts'
import { lastOf, oneOf, parsed } from './flags.ts'
import { BadValue } from './values.ts'

const flags = {
  arm: { type: 'string', valueHint: 'name', description: 'of what is up: before, after or both' },
  event: { type: 'string', valueHint: 'id', description: 'only effects of this event' },
  handler: { type: 'string', valueHint: 'name', description: `${handlerNames.join(', ')}` },
  list: { type: 'boolean', description: 'say which are dead, and leave them so' },
} as const

const schema = z.object({
  arm: oneOf(['before', 'after', 'both']).optional(),
  event: parsed(parseEventId).optional(),
  handler: oneOf(handlerNames).optional(),
})

function parseEventId(text: string): string {
  if (/^[a-z0-9-]{1,120}$/.test(text)) return text
  throw new BadValue(`'${text}' is not an event's id such as order-paid-7`)
}

export interface ReplayOptions extends DeadFilter {
  arm: 'before' | 'after' | 'both' | undefined
  listOnly: boolean
}

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag
 */
export function readReplayOptions(raw: string[]): ReplayOptions {
  const { texts, switches } = readArguments(raw, flags)
  const { arm, event, handler } = validateFlags(schema, lastOf(texts))
  return { arm, eventId: event, handler, listOnly: switches.list ?? false }
}

/** Name and URL of every database to look at: of what is up, else DATABASE_URL. */
async function databasesOf(arm: ReplayOptions['arm']): Promise<[name: string, url: string][]> {
  const { readUp } = await import('../experiments/up/up-file.ts')
  const up = await readUp()
  if (up) {
    const names = arm === undefined || arm === 'both' ? (['before', 'after'] as const) : [arm]
    return names.map((name) => [name, up.arms[name].database])
  }
  const url = process.env.DATABASE_URL
  if (arm === undefined && url?.startsWith('mysql://')) return [['DATABASE_URL', url]]
  const hint = arm === undefined ? ', and DATABASE_URL is no mysql:// URL' : ''
  throw new UserError(`nothing is up${hint}: ./stampede up, or set it`, exitCodes.badArguments)
}

export default {
  meta: { name: 'replay', description: 'queues dead effects again, of what is up or DATABASE_URL' },
  args: flags,
  run: async (raw) => {
    const options = readReplayOptions(raw)
    for (const [name, url] of await databasesOf(options.arm)) {
      await replayDead(url, options, (line) => console.log(`${name}: ${line}`))
    }
  },
} satisfies Command
