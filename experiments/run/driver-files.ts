import type { FirstArrival, JourneyRecord } from '../../loadtests/crowd/history.ts'
import { parseJson } from '../../server/parse-json.ts'
import type { Driver } from './result.ts'

/**
 * Journeys from a history file, one JSON object a line; a file never made is an empty history.
 * A last line without its newline was cut off by a kill and does not count.
 * @throws Error that names file and line when a whole line is not a journey
 */
export async function readHistory(path: string): Promise<JourneyRecord[]> {
  const file = Bun.file(path)
  if (!(await file.exists())) return []
  const lines = (await file.text()).split('\n')
  lines.pop()
  return lines.flatMap((line, at) => {
    const record = parseJson(line) as Partial<JourneyRecord & FirstArrival> | undefined
    if (typeof record?.firstArrivalMs === 'number') return []
    if (typeof record?.index === 'number' && typeof record.outcome === 'string') {
      return record as JourneyRecord
    }
    throw new Error(`${path}:${at + 1} is not a journey: ${line.slice(0, 80)}`)
  })
}

const pollMs = 20

/** Epoch ms at which the first journey started; null if none did before `isOver`. */
export async function firstArrival(path: string, isOver: () => boolean): Promise<number | null> {
  for (;;) {
    const isLast = isOver()
    const file = Bun.file(path)
    const [line = '', ...more] = (await file.exists())
      ? (await file.slice(0, 200).text()).split('\n')
      : []
    if (more.length > 0) {
      return numberOf((parseJson(line) as Partial<FirstArrival> | undefined)?.firstArrivalMs)
    }
    if (isLast) return null
    await Bun.sleep(pollMs)
  }
}

/** What a driver says of its own crowd. */
export interface DriverAccount {
  started: number
  /** Not started since too many were under way. */
  dropped: number
  /** Started and not over when the driver ended; null where it does not count them. */
  unfinished: number | null
  /** 99th percentile of how long its event loop was kept from its work; null where it has none. */
  eventLoopDelayMs: number | null
}

/**
 * A driver's own account, from its summary file. Of k6's summaries the new shape
 * (`results.metrics[]`, k6 1.5 on demand) and the old one (`metrics.<name>`) are understood.
 * @throws Error when the file is missing or is no summary, or with what the driver says in it
 */
export async function readAccount(driver: Driver, path: string): Promise<DriverAccount> {
  const file = Bun.file(path)
  const summary = (await file.exists()) ? parseJson(await file.text()) : undefined
  const of = (simulator: string, k6: string) =>
    numberOf(driver === 'k6' ? k6Count(summary, k6) : at(summary, simulator))
  const started = of('started', 'stampede_started')
  if (started !== null) {
    return {
      started,
      dropped: of('dropped', 'dropped_iterations') ?? 0,
      unfinished: numberOf(at(summary, 'unfinished')),
      eventLoopDelayMs: numberOf(at(summary, 'eventLoopDelayMsP99')),
    }
  }
  const error = at(summary, 'error')
  if (typeof error === 'string') throw new Error(error)
  throw new Error(`${path} is not a summary of ${driver}`)
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

function k6Count(summary: unknown, name: string): unknown {
  const list = at(at(summary, 'results'), 'metrics')
  // A counter that never counted is left out.
  if (Array.isArray(list)) {
    const metric = list.find((entry) => at(entry, 'name') === name)
    return metric === undefined ? 0 : at(at(metric, 'values'), 'count')
  }
  const metrics = at(summary, 'metrics')
  if (metrics === undefined) return undefined
  const metric = at(metrics, name)
  return metric === undefined ? 0 : (at(at(metric, 'values'), 'count') ?? at(metric, 'count'))
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined
}
