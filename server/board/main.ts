import { ActiveFaults } from '../../chaos/active-faults.ts'
import { readEnvironment } from '../environment.ts'
import { log } from '../log.ts'
import { serveUntilSignal } from '../process.ts'
import { createBoardApp } from './app.ts'
import { boardEnvironment } from './config.ts'
import { startOutside } from './outside-sessions.ts'
import { refusalOfChaos } from './places.ts'

/** So late at most do history and events have the end of a fault. */
const sweepMs = 100

const settings = readEnvironment(boardEnvironment)
const refusal = refusalOfChaos({ ...settings, STAMPEDE_HOST: process.env.STAMPEDE_HOST })
if (refusal !== undefined) {
  log(`board: ${refusal}`)
  process.exit(4)
}
const { CHAOS_TOKEN: token, DATABASE_URL: databaseUrl } = settings
const active = new ActiveFaults({ kind: 'board' })
const loops = databaseUrl === undefined ? undefined : startOutside(active, databaseUrl)
const outside = loops && { active, wake: loops.wake }
const { app, sweep, stop } = createBoardApp({ token, outside })
const sweeping = setInterval(sweep, sweepMs)

serveUntilSignal({
  name: 'board',
  port: settings.STAMPEDE_PORT,
  fetch: (request) => app.fetch(request),
  onStop() {
    clearInterval(sweeping)
    stop()
  },
  onDrain: async () => await loops?.stop(),
})
