import { monitorEventLoopDelay } from 'node:perf_hooks'
import { arrivalTimes } from '../crowd/arrival-times.ts'
import type { FirstArrival, JourneyOutcome, JourneyRecord } from '../crowd/history.ts'
import { inFlightMax } from '../crowd/profiles.ts'
import {
  type CrowdSettings,
  crowdSettings,
  SettingsError,
  scenarioName,
} from '../crowd/settings.ts'
import { journeyOf } from '../crowd/visits.ts'
import { runArrivals } from './arrivals.ts'
import { fetchHttp } from './fetch-http.ts'
import type { CrowdMeter } from './remote-write/crowd-meter.ts'

/** The summary of a run, one line of JSON on standard output. */
export interface SimulatorSummary {
  planned: number
  started: number
  dropped: number
  /** Started, but not at an end when the drain was over: no line in the history. */
  unfinished: number
  /** How long the event loop was kept from its work: answers are read late by so much. */
  eventLoopDelayMsP99: number
  /** Processor time of this process, all threads. */
  cpuMicros: number
  outcomes: Record<JourneyOutcome, number>
  attempts: number
  intents: number
  badPolicies: number
}

const flushEveryMs = 1_000

/**
 * Sends a crowd: `STAMPEDE_SCENARIO`, the variables of crowd/settings.ts, `STAMPEDE_HISTORY_FILE`
 * for a line per journey and `STAMPEDE_SUMMARY_FILE` for a copy of the summary. SIGTERM ends it.
 * With `STAMPEDE_REMOTE_WRITE_URL` it pushes its metrics to a Prometheus, labelled by the JSON
 * object `STAMPEDE_REMOTE_WRITE_LABELS`.
 */
async function main(): Promise<void> {
  const environment = process.env
  const settings = crowdSettings(environment, scenarioName(environment.STAMPEDE_SCENARIO))
  const bound = inFlightMax(settings.rate, settings.policy)
  requireConnections(environment, bound)
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  const historyFile = environment.STAMPEDE_HISTORY_FILE
  const history = historyFile ? Bun.file(historyFile).writer({ highWaterMark: 65_536 }) : null
  let ended = false
  const flushing = setInterval(() => void history?.flush(), flushEveryMs)
  const watched = await startWatch(environment, settings.scenario)
  const summary = await send(settings, bound, stop.signal, watched.meter, (line) => {
    if (ended) return
    history?.write(`${JSON.stringify(line)}\n`)
    if ('firstArrivalMs' in line) void history?.flush()
  })
  // Journeys that outlived our patience may still end while the file is being closed.
  ended = true
  clearInterval(flushing)
  await history?.end()
  await watched.stop()
  const line = `${JSON.stringify(summary)}\n`
  if (environment.STAMPEDE_SUMMARY_FILE) await Bun.write(environment.STAMPEDE_SUMMARY_FILE, line)
  await Bun.write(Bun.stdout, line)
}

async function startWatch(environment: Record<string, string | undefined>, scenario: string) {
  const url = environment.STAMPEDE_REMOTE_WRITE_URL
  if (!url) return { meter: undefined, stop: async () => {} }
  // Only here: without it the simulator starts without what it would not use.
  const { startRemoteWrite } = await import('./remote-write/start.ts')
  return startRemoteWrite(url, environment.STAMPEDE_REMOTE_WRITE_LABELS || '{}', scenario)
}

async function send(
  settings: CrowdSettings,
  bound: number,
  stop: AbortSignal,
  meter: CrowdMeter | undefined,
  keep: (line: FirstArrival | JourneyRecord) => void,
): Promise<SimulatorSummary> {
  const times = [...arrivalTimes(settings.stages, settings)]
  const plain = fetchHttp(settings.target)
  const http = meter?.metered(plain) ?? plain
  const tally = { attempts: 0, intents: 0, badPolicies: 0 }
  const outcomes = { paid: 0, soldOut: 0, left: 0, failed: 0, unknown: 0 }
  const startMs = Date.now()
  const keyPrefix = settings.keyPrefix ?? `hand-${startMs.toString(36)}`
  const onBadPolicy = () => {
    tally.badPolicies += 1
  }
  const context = { ...settings, keyPrefix, onBadPolicy }
  const eventLoop = monitorEventLoopDelay({ resolution: 10 })
  eventLoop.enable()
  const counts = await runArrivals({
    times,
    inFlightMax: bound,
    clock: { nowMs: () => performance.now(), wait: (milliseconds) => Bun.sleep(milliseconds) },
    stop,
    drainMsMax: settings.drainSeconds * 1_000,
    dropped: () => meter?.dropped(),
    async begin(index, dueMs, lateMs) {
      meter?.begun()
      if (index === 0) keep({ firstArrivalMs: Date.now() })
      const startedMs = startMs + Math.round(dueMs)
      const record = await journeyOf(settings.scenario, http, { ...context, index, startedMs })
      record.lateMs = Math.round(lateMs)
      outcomes[record.outcome] += 1
      tally.attempts += record.attempts
      tally.intents += record.intents
      meter?.ended(record)
      keep(record)
    },
  })
  const { user, system } = process.cpuUsage()
  const eventLoopDelayMsP99 = eventLoop.percentile(99) / 1e6
  return {
    planned: times.length,
    ...counts,
    eventLoopDelayMsP99,
    cpuMicros: user + system,
    outcomes,
    ...tally,
  }
}

/** Bun reads both before the first line of this file runs, or at each fetch: see the checks. */
function requireConnections(environment: Record<string, string | undefined>, bound: number): void {
  // Above its own limit (256 by default) fetch queues: journeys would wait in here, unseen.
  const limit = Number(environment.BUN_CONFIG_MAX_HTTP_REQUESTS ?? 256)
  if (!(limit >= bound)) {
    const wanted = `BUN_CONFIG_MAX_HTTP_REQUESTS must be at least ${bound} at this rate`
    throw new SettingsError(`${wanted}: ${limit}`)
  }
  // A proxy would be asked even for loopback.
  for (const name of ['HTTP_PROXY', 'ALL_PROXY']) {
    for (const word of [name, name.toLowerCase()]) delete environment[word]
  }
}

if (import.meta.main) {
  await main().then(
    () => process.exit(0),
    async (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      console.error(message)
      const file = process.env.STAMPEDE_SUMMARY_FILE
      if (file) await Bun.write(file, JSON.stringify({ error: message }))
      process.exit(error instanceof SettingsError ? 4 : 1)
    },
  )
}
