import { disturbed, joinBoard } from '../board/join.ts'
import { readEnvironment } from '../environment.ts'
import { createRegistry } from '../metrics/process.ts'
import { serveUntilSignal } from '../process.ts'
import { createGatewayApp } from './app.ts'
import { couponGatewayEnvironment } from './config.ts'
import { createIssuerClient } from './issuer-client.ts'
import { registerGatewayMetrics } from './metrics.ts'

const settings = readEnvironment(couponGatewayEnvironment)
const registry = createRegistry(settings.STAMPEDE_ARM)
const meter = registerGatewayMetrics(registry)

const askIssuer = createIssuerClient({
  url: settings.ISSUER_URL,
  policy: {
    retries: settings.GATEWAY_RETRIES,
    backoffMs: settings.GATEWAY_BACKOFF_MS,
    retriesEmpty: settings.GATEWAY_RETRIES_EMPTY === 'on',
    timeoutMs: settings.GATEWAY_TIMEOUT_MS,
    deadlineMs: settings.GATEWAY_DEADLINE_MS,
  },
  onTry: meter.tried,
})

const app = createGatewayApp({
  askIssuer,
  meter,
  registry,
  ratePerSecond: settings.GATEWAY_RATE_PER_SECOND,
})
const board = joinBoard('gateway', settings, app)
board.register(registry)
board.start()

serveUntilSignal({
  name: 'coupon gateway',
  port: settings.STAMPEDE_PORT,
  fetch: disturbed(board.chaos, (request) => app.fetch(request)),
  onStop: () => board.stop(),
  // More than the longest deadline of a request.
  idleTimeoutSeconds: 120,
})
