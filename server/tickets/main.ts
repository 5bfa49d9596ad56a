import { z } from 'zod'
import { integerSetting, portSetting, readEnvironment } from '../environment.ts'
import { failStart, serveUntilSignal } from '../process.ts'
import { createTicketsApp } from './app.ts'
import { openHighWaterFile } from './high-water.ts'
import { createAllocator } from './ranges.ts'

const settings = readEnvironment(
  z.object({
    TICKETS_FILE: z.string(),
    // Far ahead of what the old sequence table would reach, so that both may hand out ids at once.
    TICKETS_START: integerSetting(1, Number.MAX_SAFE_INTEGER, 1_000_000_000),
    STAMPEDE_PORT: portSetting,
  }),
)

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
