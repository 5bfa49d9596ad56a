import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { childEnvironment } from '../../lab/processes/environment.ts'
import { type Arrivals, arrivalTimes } from '../../loadtests/crowd/arrival-times.ts'
import {
  inFlightMax,
  type ScenarioName,
  type Stage,
  scenarios,
} from '../../loadtests/crowd/profiles.ts'
import { stagesText } from '../../loadtests/crowd/stages.ts'
import { type DriverAccount, firstArrival, readAccount, readHistory } from './driver-files.ts'
import type { CrowdSent, Driver } from './result.ts'
import { busiestSecondOf, scheduled } from './starts.ts'

/** A child as `Bun.spawn` gives it; the caller starts it, so that it dies with the caller. */
export interface DriverProcess {
  pid: number
  exited: Promise<number>
  /** Known once the child has exited; processor time in microseconds. */
  resourceUsage(): { cpuTime: { total: number | bigint } } | undefined
}

export type SpawnDriver = (child: {
  /** Name for logs: `k6` or `simulator`. */
  name: Driver
  /** Argument vector, no shell. */
  command: string[]
  /** The whole environment of the child. */
  environment: Record<string, string>
  folder: string
}) => DriverProcess | Promise<DriverProcess>

export interface DriveOptions {
  driver: Driver
  /** Needed for the k6 driver. */
  k6Path?: string | undefined
  scenario: ScenarioName
  /** Origin of the shop, loopback only. */
  target: string
  seed: number
  /** Peak arrivals per second. */
  rate: number
  durationSeconds: number
  /** An arrival curve of its own, of this peak and length; that of the scenario where absent. */
  stages?: readonly Stage[] | undefined
  /** Even where absent. */
  arrivals?: Arrivals | undefined
  /** How long journeys under way may go on after the last arrival; 10 where absent. */
  drainSeconds?: number | undefined
  /** How long clients wait for an answer; as the scenario has it where absent. */
  patienceMs?: number | undefined
  /** Must be new for every drive at the same shop: old keys are answered with old orders. */
  keyPrefix: string
  /** Users that the shop was seeded with. */
  users: number
  design?: string
  /** A Prometheus that the driver pushes its metrics to, and labels for all of them. */
  remoteWrite?: { url: string; labels: Record<string, string> } | undefined
  /** An existing folder, a new one for every drive: history, summary and log are written there. */
  directory: string
  spawn: SpawnDriver
}

export interface DriveResult extends CrowdSent {
  /** When the first journey was due, from the start of the schedule. */
  firstDueMs: number
  /** Processor time of the generator, its start included; null when the spawner can't tell. */
  cpuMicros: number | null
  exitCode: number
}

export interface Drive {
  pid: number
  done: Promise<DriveResult>
  /** Epoch ms at which the first journey started; null once it is over without one. */
  arrived: Promise<number | null>
}

/** Of the file, in the folder of a drive, to which journeys are written as they end. */
export const historyName = 'history.jsonl'

const loadtests = join(import.meta.dir, '../../loadtests')

/**
 * Starts one crowd. `done` settles when the driver has exited by itself (about duration + 10 s at
 * most; the deadline and an early SIGTERM are the caller's business).
 * @throws Error when the folder holds an earlier drive, or (from `done`) when the driver left no
 * whole account of what it did, with its own words
 */
export async function drive(options: DriveOptions): Promise<Drive> {
  const { driver, directory: folder } = options
  const files = {
    history: join(folder, historyName),
    summary: join(folder, 'driver-summary.json'),
    log: join(folder, 'driver.log'),
  }
  for (const path of Object.values(files)) {
    if (existsSync(path)) throw new Error(`${path} is left from an earlier drive`)
  }
  const start = driver === 'k6' ? k6Start(options, files) : simulatorStart(options, files)
  const child = await options.spawn({ name: driver, folder, ...start })
  let isOver = false
  const done = account(options, files, child).finally(() => {
    isOver = true
  })
  return { pid: child.pid, done, arrived: firstArrival(files.history, () => isOver) }
}

interface Files {
  history: string
  summary: string
  log: string
}

async function account(
  options: DriveOptions,
  files: Files,
  child: DriverProcess,
): Promise<DriveResult> {
  const { driver, scenario, rate, durationSeconds, arrivals = 'even', seed } = options
  const exitCode = await child.exited
  const stages = options.stages ?? scenarios[scenario].stages(rate, durationSeconds)
  const own = await readAccount(driver, files.summary).catch(async (error: Error) => {
    const log = Bun.file(files.log)
    const lines = (await log.exists()) ? (await log.text()).trimEnd().split('\n').slice(-10) : []
    const message = [`${driver} ended with code ${exitCode}: ${error.message}`, ...lines].join('\n')
    throw new Error(message, { cause: error })
  })
  const lines = await readHistory(files.history)
  requireLines(own, lines.length)
  const { started, dropped, eventLoopDelayMs } = own
  const dueMs = Array.from(arrivalTimes(stages, { arrivals, seed }), (seconds) => seconds * 1000)
  const history = driver === 'k6' ? scheduled(lines, dueMs, dropped) : lines
  const busiestSecond = busiestSecondOf(history, dueMs, started)
  const planned = dueMs.length
  const counts = { planned, started, dropped: planned - started }
  const total = child.resourceUsage()?.cpuTime.total
  const cpuMicros = total === undefined ? null : Number(total)
  const firstDueMs = dueMs[0] ?? 0
  return { ...counts, firstDueMs, history, busiestSecond, eventLoopDelayMs, cpuMicros, exitCode }
}

/** @throws Error when journeys that ended, by the driver's own count, have no line */
function requireLines({ started, unfinished }: DriverAccount, lines: number): void {
  if (unfinished === null || lines >= started - unfinished) return
  throw new Error(`${started} journeys started, ${unfinished} unfinished, but ${lines} lines`)
}

function crowdEnvironment(options: DriveOptions): Record<string, string> {
  const environment: Record<string, string> = {
    ...childEnvironment(),
    STAMPEDE_TARGET: options.target,
    STAMPEDE_SEED: String(options.seed),
    STAMPEDE_RATE: String(options.rate),
    STAMPEDE_DURATION_SECONDS: String(options.durationSeconds),
    STAMPEDE_ARRIVALS: options.arrivals ?? 'even',
    STAMPEDE_DRAIN_SECONDS: String(options.drainSeconds ?? 10),
    STAMPEDE_KEY_PREFIX: options.keyPrefix,
    STAMPEDE_USERS: String(options.users),
  }
  if (options.stages) environment.STAMPEDE_STAGES = stagesText(options.stages)
  if (options.patienceMs) environment.STAMPEDE_PATIENCE_MS = String(options.patienceMs)
  if (options.design) environment.STAMPEDE_DESIGN = options.design
  return environment
}

function k6Start(options: DriveOptions, files: Files) {
  const { k6Path, scenario } = options
  if (!k6Path) throw new Error('the k6 driver needs k6Path')
  const output = ['--summary-export', files.summary, '--console-output', files.history]
  // Warnings would be a line per timed-out request; errors are kept for the message when k6 fails.
  const logging = ['--log-format', 'raw', '--log-output', `file=${files.log},level=error`]
  const script = join(loadtests, 'k6', `${scenario}.ts`)
  const push = k6Push(options)
  return {
    command: [k6Path, 'run', '--quiet', '--no-color', '--no-usage-report']
      .concat(output, logging, push.arguments)
      .concat(script),
    environment: {
      ...crowdEnvironment(options),
      ...push.environment,
      STAMPEDE_HISTORY: '1',
      K6_NEW_MACHINE_READABLE_SUMMARY: 'true',
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
      // A seventh less processor time than Go's default for a fifth more memory (1000 users).
      GOGC: '200',
    },
  }
}

/** Histograms, since k6's percentile gauges count from the run's start and hide a recovery. */
function k6Push({ remoteWrite }: DriveOptions) {
  if (!remoteWrite) return { arguments: [], environment: {} }
  const tags = Object.entries(remoteWrite.labels).flatMap(([name, label]) => [
    '--tag',
    `${name}=${label}`,
  ])
  return {
    arguments: ['--out', 'experimental-prometheus-rw', ...tags],
    environment: {
      K6_PROMETHEUS_RW_SERVER_URL: remoteWrite.url,
      K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s',
      K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: 'true',
      K6_PROMETHEUS_RW_STALE_MARKERS: 'true',
    },
  }
}

function simulatorStart(options: DriveOptions, files: Files) {
  const { scenario, rate, remoteWrite } = options
  const { policy } = scenarios[scenario]
  const timeoutMs = options.patienceMs ?? policy.timeoutMs
  const connections = inFlightMax(rate, { ...policy, timeoutMs })
  return {
    command: [process.execPath, join(loadtests, 'simulator', 'main.ts')],
    environment: {
      ...crowdEnvironment(options),
      STAMPEDE_SCENARIO: scenario,
      STAMPEDE_HISTORY_FILE: files.history,
      STAMPEDE_SUMMARY_FILE: files.summary,
      // One more than the crowd needs, for the push.
      BUN_CONFIG_MAX_HTTP_REQUESTS: String(connections + (remoteWrite ? 1 : 0)),
      ...(remoteWrite && {
        STAMPEDE_REMOTE_WRITE_URL: remoteWrite.url,
        STAMPEDE_REMOTE_WRITE_LABELS: JSON.stringify(remoteWrite.labels),
      }),
    },
  }
}
