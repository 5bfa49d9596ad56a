import { readEnvironment } from '../environment.ts'
import { serveUntilSignal } from '../process.ts'
import { createBoardApp } from './app.ts'
import { boardEnvironment } from './config.ts'

/** So late at most do history and events have the end of a fault. */
const sweepMs = 100

const settings = readEnvironment(boardEnvironment)
const { app, sweep, stop } = createBoardApp({ token: settings.CHAOS_TOKEN })
const sweeping = setInterval(sweep, sweepMs)

serveUntilSignal({
  name: 'board',
  port: settings.STAMPEDE_PORT,
  fetch: (request) => app.fetch(request),
  onStop() {
    clearInterval(sweeping)
    stop()
  },
})
