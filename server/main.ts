import { sql } from 'drizzle-orm'
import { Registry } from 'prom-client'
import { createBoard } from '../chaos/board.ts'
import { faultMetrics, faultReadings } from '../chaos/metrics.ts'
import { createApp } from './app.ts'
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
import { registerOptionMetrics } from './metrics/options.ts'
import { createRegistry } from './metrics/process.ts'
import { registerMetrics } from './metrics/register.ts'
import { requestMeter, silentMeter } from './metrics/requests.ts'
import { failStart, serveUntilSignal } from './process.ts'
import { createReadiness } from './readiness.ts'
import { closeServices, openServices } from './services.ts'

/** The first reader finds what crowds ask for ready, unless that takes longer than this. */
const warmMsMax = 2000

const config = readEnvironment(serverEnvironment)
const token = config.CHAOS_TOKEN
const board = token === undefined ? undefined : createBoard()
const isMetered = config.STAMPEDE_METRICS === 'on'
const registry = isMetered ? createRegistry(config.STAMPEDE_ARM) : new Registry()
const services = openServices(config, registry, board ?? noChaos, config.STAMPEDE_POOL_CONNECTIONS)
const defaultDesign = { current: config.STAMPEDE_DESIGN }
if (isMetered) registerDesignMetrics(registry, () => defaultDesign.current)
if (isMetered && board) registerMetrics(registry, faultMetrics, faultReadings(board))
const options = new OpenedOptions(services)
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
    defaultDesign,
    mayChooseDesign: config.STAMPEDE_REHEARSAL === 'on' ? () => true : bearing(token),
    options,
    meter: isMetered ? requestMeter(registry) : silentMeter(),
    requestTimeoutMs,
  },
  registry,
  readiness,
  ...(board && token ? { chaos: { board, token } } : {}),
})

await refuseUnfit(services.connections).catch((error) => failStart('server', error))
await warmReads(options.ctx(defaultDesign.current, 'warm'), warmMsMax)

serveUntilSignal({
  name: `server (${config.STAMPEDE_ARM})`,
  port: config.STAMPEDE_PORT,
  fetch: (request) => app.fetch(request),
  onStop() {
    readiness.draining = true
    board?.reset()
  },
  async onDrain() {
    await Promise.all([options.close(), probe.close()])
    await closeServices(services)
  },
})
