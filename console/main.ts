import { readEnvironment } from '../server/environment.ts'
import { failStart, serveUntilSignal } from '../server/process.ts'
import { consoleEnvironment } from './config.ts'
import { type ConsoleOptions, consoleApp } from './console.ts'

const settings = readEnvironment(consoleEnvironment)

const { ARM_BEFORE_URL: before, ARM_AFTER_URL: after } = settings
if ((before === undefined) !== (after === undefined)) {
  failStart('console', new Error('ARM_BEFORE_URL, ARM_AFTER_URL: set both or neither'))
}

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
    arms: before && after ? { before, after } : null,
  }).fetch,
})
