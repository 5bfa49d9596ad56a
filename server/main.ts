import { sql } from 'drizzle-orm'
import { Registry } from 'prom-client'
import { createApp } from './app.ts'
import { openApiBoard } from './board/api-board.ts'
import { disturbed } from './board/join.ts'
import { requestTimeoutMs, serverEnvironment } from './config.ts'
import { noChaos } from './ctx.ts'
import { connect } from './db/connections.ts'
import { defaultLimits } from './db/pool.ts'
import { refuseUnfit } from './db/session.ts'
import { OpenedOptions } from './designs/opened-options.ts'
import { readEnvironment } from './environment.ts'
import { warmReads } from './flows/browse.ts'
import { bearing } from './http/request.ts'
import { registerDesignMetrics } from './metrics/design.ts'
import { designMeter, silentDesignMeter } from './metrics/design-requests.ts'
import { registerOptionMetrics } from './metrics/options.ts'
import { createRegistry } from './metrics/process.ts'
import { requestMeter, silentMeter } from './metrics/requests.ts'
import { shadowMeter } from './metrics/shadow.ts'
import { openFlags } from './open-flags.ts'
import { failStart, serveUntilSignal } from './process.ts'
import { createReadiness } from './readiness.ts'
import { warnOfEviction } from './redis-eviction.ts'
import { closeServices, openServices } from './services.ts'
import { openShadows } from './shadow/open-shadows.ts'
import { silentShadowMeter } from './shadow/record.ts'

/** The first reader finds what crowds ask for ready, unless that takes longer than this. */
const warmMsMax = 2000

const config = readEnvironment(serverEnvironment)
const token = config.CHAOS_TOKEN
const board = openApiBoard(config)
const isMetered = config.STAMPEDE_METRICS === 'on'
const registry = isMetered ? createRegistry(config.STAMPEDE_ARM) : new Registry()
const chaos = board?.chaos ?? noChaos
const services = openServices(config, registry, chaos, config.STAMPEDE_POOL_CONNECTIONS)
await refuseUnfit(services.connections).catch((error) => failStart('server', error))
const { flags, ...reading } = await openFlags(config.DATABASE_URL, config.STAMPEDE_DESIGN, services)
board?.start(services.connections)
if (isMetered) registerDesignMetrics(registry, flags)
if (isMetered) board?.register(registry)
const options = new OpenedOptions(services)
const shadowing = openShadows(
  config,
  services,
  isMetered ? shadowMeter(registry) : silentShadowMeter,
)
if (isMetered) registerOptionMetrics(registry, options)
// A connection of its own: readiness must not wait behind the crowd for one.
const probe = connect(config.DATABASE_URL, { ...defaultLimits, connections: 1 })
const readiness = {
  draining: false,
  database: createReadiness({ ask: () => probe.rows(sql`select 1`) }),
}

const app = createApp({
  deps: {
    services,
    flags,
    mayChooseDesign: config.STAMPEDE_REHEARSAL === 'on' ? () => true : bearing(token),
    options,
    designMeter: isMetered ? designMeter(registry) : silentDesignMeter,
    meter: isMetered ? requestMeter(registry) : silentMeter(),
    shadows: shadowing.shadows,
    requestTimeoutMs,
  },
  registry,
  readiness,
  ...(token ? { chaos: { token, ...(board ? { access: board.access } : {}) } } : {}),
})

if (flags.health().epoch !== undefined) {
  const { designs } = flags.mix
  await warnOfEviction(services, 'server', designs)
  await Promise.all(designs.map((one) => warmReads(options.ctx(one, 'warm'), warmMsMax)))
}

serveUntilSignal({
  name: `server (${config.STAMPEDE_ARM})`,
  port: config.STAMPEDE_PORT,
  fetch: disturbed(chaos, (request) => app.fetch(request)),
  onStop() {
    readiness.draining = true
    board?.stop()
  },
  async onDrain() {
    await Promise.all([options.close(), probe.close(), reading.close(), shadowing.close()])
    await closeServices(services)
  },
})
