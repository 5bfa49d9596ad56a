import type { Registry } from 'prom-client'
import {
  type MetricHead,
  type MetricType,
  registerScraped,
  type ScrapedValue,
} from '../../server/metrics/scraped.ts'

/** Answer of INFO ALL by field; null while the server does not answer. */
export type RedisInfo = ReadonlyMap<string, string> | null

/** `field:value` lines; the rest are headings. */
export function parseInfo(text: string): Map<string, string> {
  const pairs = text.split('\r\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':')
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]]
  })
  return new Map(pairs)
}

const fields: [name: string, type: 'gauge' | 'counter', field: string, help: string][] = [
  ['redis_connected_clients', 'gauge', 'connected_clients', 'Connections of clients.'],
  ['redis_blocked_clients', 'gauge', 'blocked_clients', 'Clients that wait in a blocking call.'],
  ['redis_memory_used_bytes', 'gauge', 'used_memory', 'Memory that Redis has taken for its data.'],
  ['redis_commands_processed_total', 'counter', 'total_commands_processed', 'Commands processed.'],
  ['redis_evicted_keys_total', 'counter', 'evicted_keys', 'Keys thrown out for want of memory.'],
]

/** redis_exporter's metrics of what the boards show, under its names and types. */
export function registerRedisMetrics(registry: Registry, info: () => RedisInfo): void {
  const add = (head: MetricHead, type: MetricType, read: (known: RedisInfo) => ScrapedValue[]) =>
    registerScraped(registry, head, type, () => read(info()))
  add({ name: 'redis_up', help: 'Whether the Redis server is up.' }, 'gauge', (known) => [
    { labels: {}, value: known ? 1 : 0 },
  ])
  for (const [name, type, field, help] of fields) {
    add({ name, help }, type, (known) => {
      const text = known?.get(field)
      return text === undefined ? [] : [{ labels: {}, value: Number(text) }]
    })
  }
  const labelNames = ['cmd']
  const calls = { name: 'redis_commands_total', help: 'Calls by command.', labelNames }
  add(calls, 'counter', (known) => perCommand(known, /\bcalls=(\d+)/, 1))
  const time = { name: 'redis_commands_duration_seconds_total', labelNames }
  add({ ...time, help: 'Time spent in commands, by command.' }, 'counter', (known) =>
    perCommand(known, /\busec=(\d+)/, 1e-6),
  )
}

/** Redis names the commands it knows and nothing else, so that the series stay bounded. */
function perCommand(known: RedisInfo, pattern: RegExp, factor: number): ScrapedValue[] {
  return [...(known ?? [])].flatMap(([field, text]) => {
    const found = field.startsWith('cmdstat_') ? pattern.exec(text)?.[1] : undefined
    if (found === undefined) return []
    return [{ labels: { cmd: field.slice('cmdstat_'.length) }, value: Number(found) * factor }]
  })
}
