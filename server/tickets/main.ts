import { Registry } from 'prom-client'
import { disturbed, joinBoard } from '../board/join.ts'
import { defaultLimits, openPool } from '../db/pool.ts'
import { readEnvironment } from '../environment.ts'
import { failStart, serveUntilSignal } from '../process.ts'
import { createTicketsApp, createTicketsFetch } from './app.ts'
import { ticketsEnvironment } from './config.ts'
import { createMarks } from './marks.ts'
import { registerSequenceMetrics } from './metrics.ts'
import { watchRetired } from './retired-marks.ts'
import { Sequences } from './sequences.ts'
import { refuseMarksThatWentBack, refuseNotDurable } from './start-checks.ts'

const settings = readEnvironment(ticketsEnvironment)
const range = { first: settings.TICKETS_START, last: settings.TICKETS_END }
// A lease is a statement of one row: a request that waits longer for it than this is refused.
const limits = { ...defaultLimits, connections: 4, lockWaitTimeoutSeconds: 1 }
const pool = openPool(settings.DATABASE_URL, limits)

const mayRefuse = settings.TICKETS_DURABILITY === 'refuse'

await refuseNotDurable(pool, mayRefuse)
  .then(() => refuseMarksThatWentBack(pool, range))
  .catch((error) => failStart('tickets', error))

const sequences = new Sequences({ lease: createMarks(pool, range) })
const stopWatching = watchRetired(pool, sequences)
const registry = new Registry()
registerSequenceMetrics(registry, sequences)

const app = createTicketsApp(sequences, registry)
const board = joinBoard('tickets', settings, app)
board.register(registry)
board.start()

serveUntilSignal({
  name: 'tickets',
  port: settings.STAMPEDE_PORT,
  fetch: disturbed(board.chaos, createTicketsFetch(sequences, registry, app)),
  onStop: () => board.stop(),
  async onDrain() {
    await stopWatching()
    await pool.close()
  },
})
