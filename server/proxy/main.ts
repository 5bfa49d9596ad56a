import { follow, isRefused } from '../board/join.ts'
import { readEnvironment } from '../environment.ts'
import { peerApp } from '../peer-problems.ts'
import { failStart, serveUntilSignal } from '../process.ts'
import { proxyEnvironment } from './config.ts'
import { openRoute } from './route.ts'

const settings = readEnvironment(proxyEnvironment)
const { CHAOS_BOARD_URL: url, CHAOS_TOKEN: token } = settings
// Where chaos is refused it only hands on.
const board = isRefused(settings) ? undefined : follow('proxy', url, token)
const faults = board?.chaos ?? { onBytes: () => [] }
const routes = await Promise.all(
  settings.PROXY_ROUTES.map((route) => openRoute(route, faults)),
).catch((error) => failStart('proxy', error))

const app = peerApp()
app.get('/healthz', (c) => {
  const connections = routes.reduce((sum, route) => sum + route.connections(), 0)
  return c.json({ status: 'ok', connections })
})

serveUntilSignal({
  name: 'proxy',
  port: settings.STAMPEDE_PORT,
  fetch: (request) => app.fetch(request),
  onStop: () => board?.stop(),
  async onDrain() {
    await Promise.all(routes.map((route) => route.close()))
  },
})
