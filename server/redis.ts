import { Redis } from 'ioredis'
import { log } from './log.ts'

/** A command that has no answer by then has failed: its caller may hold locks. */
const commandTimeoutMs = 1000
const connectTimeoutMs = 1000
const reconnectMsMax = 1000

/** Name of the schema that a database URL leads to. */
export const schemaOf = (databaseUrl: string): string => new URL(databaseUrl).pathname.slice(1)

/**
 * The designs' own connection to Redis. It is opened by the first command, so that a design without
 * Redis needs none; commands that fail do so within a second and are never sent twice.
 * @param url redis://host:port[/db]
 * @param schema shops that share one Redis never meet: every key begins with it
 * @param answerMsMax when a command that has no answer has failed; a connection has no less time
 */
export function openRedis(url: string, schema: string, answerMsMax = commandTimeoutMs): Redis {
  const redis = new Redis(url, {
    keyPrefix: `${schema}:`,
    lazyConnect: true,
    enableAutoPipelining: true,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: answerMsMax,
    connectTimeout: Math.max(connectTimeoutMs, answerMsMax),
    retryStrategy: (times) => Math.min(times * 50, reconnectMsMax),
  })
  let isDown = false
  redis.on('error', (error) => {
    if (!isDown) log(`redis: ${error.message}`)
    isDown = true
  })
  redis.on('ready', () => {
    isDown = false
  })
  return redis
}

/** Small beside a lease of 20 s, and long beside a pause of this process under load. */
const lockAnswerMsMax = 200

/** Connections to lock servers, none of which is waited for for long. */
export const openLockServers = (urls: readonly string[], schema: string): Redis[] =>
  urls.map((url) => openRedis(url, schema, lockAnswerMsMax))
