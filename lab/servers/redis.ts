import { mkdir, writeFile } from 'node:fs/promises'
import type { Session } from '../processes/session.ts'
import { randomSecret } from '../random-secret.ts'
import type { Tool } from '../tools/find.ts'
import { startOnFreePort } from './free-port.ts'

const readyMsMax = 20_000

/**
 * Starts a private Redis: append-only file flushed every second, no eviction (BullMQ needs that).
 * @param name unique within the session: names its data and its log
 * @returns among others its URL, `redis://:<password>@127.0.0.1:<port>`: loopback only
 * @throws UserError with the end of the server's log when it does not come up within 20 s
 */
export async function startRedis(session: Session, tool: Tool, name = 'redis') {
  const data = session.dataPath(name)
  await mkdir(data, { recursive: true })
  const password = randomSecret()
  // In a file: anybody on the machine can read a command line.
  await writeFile(secretOf(data), `requirepass ${password}\n`, { mode: 0o600 })
  const { url, child, ready, again } = await startOnFreePort(session, {
    name,
    command: (port) => [...tool.command, ...serverArguments(data, port)],
    environment: () => tool.environment,
    scheme: `redis://:${password}@`,
    ask: readRedisVersion,
    readyMsMax,
  })
  return { url, pid: child.pid, version: ready, child, again }
}

const secretOf = (data: string) => `${data}.conf`

/** The server's command line; exported for its test. */
export function serverArguments(data: string, port: number): string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: data,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  }
  return [
    secretOf(data),
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
  ]
}

/** Asks a Redis for its version. @throws the connection's error, within about 3 s */
export async function readRedisVersion(url: string): Promise<string> {
  return /redis_version:(\S+)/.exec(await readRedisInfo(url, 'server'))?.[1] ?? 'unknown'
}

/** A section of what a Redis says of itself. @throws the connection's error, within about 3 s */
export async function readRedisInfo(url: string, topic: 'server' | 'memory'): Promise<string> {
  const { Redis } = await import('ioredis')
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 1_000,
    commandTimeout: 2_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // Without a listener a refused connection would be an uncaught error.
  client.on('error', () => {})
  try {
    await client.connect()
    return await client.info(topic)
  } finally {
    client.disconnect()
  }
}
