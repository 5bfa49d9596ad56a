import type { Redis } from 'ioredis'
import type { Services } from './ctx.ts'
import { axisNames, recordsOf } from './designs/axes.ts'
import type { Design } from './designs/design.ts'
import { log } from './log.ts'
import { parseInfo } from './redis-info.ts'

/** Whether a Redis throws keys out once its memory is full. */
export interface Eviction {
  /** Of the server's setting, e.g. `allkeys-lru`. */
  policy: string
  /** Bytes; 0 = no limit. */
  bytesMax: number
}

/**
 * What `INFO memory` says of it; without a limit, or with `noeviction`, no key is thrown out.
 * @returns undefined where no key is thrown out, and where the text does not say
 */
export function evictionIn(info: string): Eviction | undefined {
  const fields = parseInfo(info)
  const policy = fields.get('maxmemory_policy')
  const bytesMax = Number(fields.get('maxmemory') ?? 0)
  if (policy === undefined || policy === 'noeviction' || bytesMax === 0) return undefined
  return { policy, bytesMax }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`

export const evictionWords = ({ policy, bytesMax }: Eviction): string =>
  `this Redis throws keys out above ${megabytes(bytesMax)} (${policy})`

/** Whose keys are thrown out: those of the shop’s Redis, or of its lock servers. */
type KeptIn = 'redis' | 'lock servers'

/** What eviction does to the options of these designs that keep more than a cache in Redis. */
export function evictionHarms(designs: readonly Design[], where: KeptIn = 'redis'): string[] {
  const chosen = designs.flatMap(({ options }) =>
    axisNames.flatMap((axis) => {
      const { whenEvicted: harm, needsLockServers } = recordsOf(axis)[options[axis]] ?? {}
      const keptIn: KeptIn = needsLockServers ? 'lock servers' : 'redis'
      return harm === undefined || keptIn !== where ? [] : [`${axis}=${options[axis]}: ${harm}`]
    }),
  )
  return [...new Set(chosen)]
}

/**
 * Writes to the log which options of a process suffer from a Redis that throws keys out; one
 * that does not answer within a second is passed over, since a shop starts without a Redis.
 */
export async function warnOfEviction(
  { redis, lockServers }: Pick<Services, 'redis' | 'lockServers'>,
  name: string,
  designs: readonly Design[],
): Promise<void> {
  const ofServers = evictionHarms(designs, 'lock servers')
  await Promise.all([
    warnOf(redis, name, evictionHarms(designs)),
    ...lockServers.map((server) => warnOf(server, name, ofServers)),
  ])
}

async function warnOf(redis: Redis, name: string, harms: readonly string[]): Promise<void> {
  if (harms.length === 0) return
  const eviction = evictionIn(await redis.info('memory').catch(() => ''))
  if (!eviction) return
  log(`${name}: ${evictionWords(eviction)}; set maxmemory-policy noeviction, since otherwise`)
  for (const harm of harms) log(`${name}:   ${harm}`)
}
