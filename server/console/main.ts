import { z } from 'zod'
import { integerSetting, portSetting, readEnvironment } from '../environment.ts'
import { failStart, serveUntilSignal } from '../process.ts'
import { type ConsoleOptions, consoleApp } from './console.ts'

const settings = readEnvironment(
  z.object({
    PROMETHEUS_URL: z.url('must be http://127.0.0.1:PORT'),
    DASHBOARDS_FOLDER: z.string(),
    CONSOLE_TITLE: z.string().default(''),
    SCRAPE_INTERVAL_MS: integerSetting(100, 60_000, 1000),
    STAMPEDE_PORT: portSetting,
  }),
)

function open(options: ConsoleOptions) {
  try {
    return consoleApp(options)
  } catch (error) {
    return failStart('console', error)
  }
}

serveUntilSignal({
  name: 'console',
  port: settings.STAMPEDE_PORT,
  fetch: open({
    prometheusUrl: settings.PROMETHEUS_URL,
    dashboardsFolder: settings.DASHBOARDS_FOLDER,
    title: settings.CONSOLE_TITLE,
    scrapeIntervalMs: settings.SCRAPE_INTERVAL_MS,
  }).fetch,
})
