import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
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
  return lines.map((line, at) => {
    const record = parseJson(line) as Partial<JourneyRecord> | undefined
    if (typeof record?.index === 'number' && typeof record.outcome === 'string') {
      return record as JourneyRecord
    }
    throw new Error(`${path}:${at + 1} is not a journey: ${line.slice(0, 80)}`)
  })
}

/**
 * Journeys that a driver started, from its summary file. Of k6's summaries the new shape
 * (`results.metrics[]`, k6 1.5 on demand) and the old one (`metrics.<name>`) are understood.
 * @throws Error when the file is missing or is no summary, or with what the driver says in it
 */
export async function readStarted(driver: Driver, path: string): Promise<number> {
  const file = Bun.file(path)
  const summary = (await file.exists()) ? parseJson(await file.text()) : undefined
  const started = driver === 'k6' ? k6Started(summary) : at(summary, 'started')
  if (typeof started === 'number') return started
  const error = at(summary, 'error')
  if (typeof error === 'string') throw new Error(error)
  throw new Error(`${path} is not a summary of ${driver}`)
}

function k6Started(summary: unknown): unknown {
  const name = 'stampede_started'
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
