import { readEnvironment } from '../environment.ts'
import { failStart, serveUntilSignal } from '../process.ts'
import { createTicketsApp } from './app.ts'
import { ticketsEnvironment } from './config.ts'
import { openHighWaterFile } from './high-water.ts'
import { createAllocator } from './ranges.ts'

const settings = readEnvironment(ticketsEnvironment)

function openFile() {
  try {
    return openHighWaterFile(settings.TICKETS_FILE)
  } catch (error) {
    return failStart('tickets', error)
  }
}

const file = openFile()
const allocator = createAllocator({
  start: settings.TICKETS_START,
  step: 10_000,
  saved: file.saved,
  persist: file.persist,
})

serveUntilSignal({
  name: 'tickets',
  port: settings.STAMPEDE_PORT,
  fetch: createTicketsApp(allocator).fetch,
  onDrain: file.close,
})
