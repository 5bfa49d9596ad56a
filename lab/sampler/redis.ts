import type { Registry } from 'prom-client'
import { registerMetrics } from '../../server/metrics/register.ts'
import { counter, gauge } from '../../server/metrics/table.ts'

/** Answer of INFO ALL by field; null while the server does not answer. */
export type RedisInfo = ReadonlyMap<string, string> | null

/** Redis names the commands that it knows and nothing else, so that the series stay bounded. */
const labels = { cmd: [] }

/** Those of redis_exporter's metrics that the boards show, under its names and types. */
export const redisMetrics = {
  redis_up: gauge('Whether the Redis server is up.'),
  redis_connected_clients: gauge('Connections of clients.'),
  redis_blocked_clients: gauge('Clients that wait in a blocking call.'),
  redis_memory_used_bytes: gauge('Memory that Redis has taken for its data.'),
  redis_commands_processed_total: counter('Commands processed.'),
  redis_evicted_keys_total: counter('Keys thrown out for want of memory.'),
  redis_commands_total: counter('Calls by command.', labels),
  redis_commands_duration_seconds_total: counter('Time spent in commands, by command.', labels),
}

export function registerRedisMetrics(registry: Registry, info: () => RedisInfo): void {
  const field = (name: string) => () => {
    const text = info()?.get(name)
    return text === undefined ? undefined : Number(text)
  }
  registerMetrics(registry, redisMetrics, {
    redis_up: () => (info() ? 1 : 0),
    redis_connected_clients: field('connected_clients'),
    redis_blocked_clients: field('blocked_clients'),
    redis_memory_used_bytes: field('used_memory'),
    redis_commands_processed_total: field('total_commands_processed'),
    redis_evicted_keys_total: field('evicted_keys'),
    redis_commands_total: () => perCommand(info(), /\bcalls=(\d+)/, 1),
    redis_commands_duration_seconds_total: () => perCommand(info(), /\busec=(\d+)/, 1e-6),
  })
}

function perCommand(known: RedisInfo, pattern: RegExp, factor: number): Record<string, number> {
  const found = [...(known ?? [])].flatMap(([field, text]): [string, number][] => {
    const value = field.startsWith('cmdstat_') ? pattern.exec(text)?.[1] : undefined
    return value === undefined ? [] : [[field.slice('cmdstat_'.length), Number(value) * factor]]
  })
  return Object.fromEntries(found)
}
