import { Registry } from 'prom-client'
import { readEnvironment } from '../../server/environment.ts'
import { serveUntilSignal } from '../../server/process.ts'
import { samplerEnvironment } from './config.ts'
import { type GlobalStatus, registerMySqlMetrics } from './mysql.ts'
import { type RedisInfo, registerRedisMetrics } from './redis.ts'
import { mysqlSource, redisSource } from './sources.ts'

/**
 * Stands in for mysqld_exporter (`/mysql`) and redis_exporter (`/redis`): the same names and types,
 * of what the boards show. Every scrape reads the server's own state.
 */
const settings = readEnvironment(samplerEnvironment)

const mysql = mysqlSource(settings.DATABASE_URL)
const redis = redisSource(settings.REDIS_URL)
const last: { status: GlobalStatus; info: RedisInfo } = { status: null, info: null }
const registries = { mysql: new Registry(), redis: new Registry() }
registerMySqlMetrics(registries.mysql, () => last.status)
registerRedisMetrics(registries.redis, () => last.info)

async function scrape(registry: Registry): Promise<Response> {
  const headers = { 'content-type': registry.contentType }
  return new Response(await registry.metrics(), { headers })
}

serveUntilSignal({
  name: 'sampler',
  port: settings.STAMPEDE_PORT,
  async fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === '/healthz') return new Response('ok')
    if (pathname === '/mysql') {
      last.status = await mysql.read()
      return scrape(registries.mysql)
    }
    if (pathname === '/redis') {
      last.info = await redis.read()
      return scrape(registries.redis)
    }
    return new Response('not found', { status: 404 })
  },
  async onDrain() {
    await Promise.all([mysql.close(), redis.close()])
  },
})
