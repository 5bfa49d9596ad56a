import type { QueryResult } from './prometheus.ts'
import { alignRange, type TimeRange } from './time-range.ts'

/** Prometheus did not answer a question: `type` is its own `errorType`, or `unreachable`. */
export class PrometheusError extends Error {
  override name = 'PrometheusError'

  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message)
  }
}

/**
 * The way to Prometheus' HTTP API: a path below `/api/v1/` with its parameters, answered with the
 * parsed body. Throws `PrometheusError` when nothing answers.
 */
export type Transport = (path: string, parameters: URLSearchParams) => Promise<unknown>

/** Straight to a Prometheus. @param url without a slash at its end */
export const overHttp =
  (url: string, timeoutMsMax = 5000): Transport =>
  async (path, parameters) => {
    const signal = AbortSignal.timeout(timeoutMsMax)
    const response = await fetch(`${url}/api/v1/${path}?${parameters}`, { signal }).catch(
      (error: Error) => {
        throw new PrometheusError('unreachable', error.message)
      },
    )
    return await response.json().catch(() => {
      const why = `status ${response.status} and no answer of a Prometheus`
      throw new PrometheusError('unreachable', why)
    })
  }

/** What an answer holds under `data`. @throws PrometheusError with what Prometheus says */
export function dataIn(body: unknown): unknown {
  const answer: Record<string, unknown> = typeof body === 'object' ? { ...body } : {}
  if (answer.status === 'success' && 'data' in answer) return answer.data
  if (answer.status === 'error') throw new PrometheusError(`${answer.errorType}`, `${answer.error}`)
  throw new PrometheusError('unreachable', 'no answer of a Prometheus')
}

const seconds = (ms: number) => String(ms / 1000)

/** Asks a Prometheus; every question throws `PrometheusError` when it is not answered. */
export class PrometheusClient {
  readonly #send: Transport

  constructor(send: Transport) {
    this.#send = send
  }

  /** The values at one moment, epoch ms; now when left out. */
  async instant(query: string, atMs?: number): Promise<QueryResult> {
    const time = atMs === undefined ? {} : { time: seconds(atMs) }
    return resultIn(await this.#ask('query', { query, ...time }))
  }

  /** The values of a range, one for each step. */
  async range(query: string, range: TimeRange, stepMs: number): Promise<QueryResult> {
    const { fromMs, toMs } = alignRange(range, stepMs)
    const times = { start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) }
    return resultIn(await this.#ask('query_range', { query, ...times }))
  }

  /** Values that a label has in a range among the series of a selector, or of all series. */
  async labelValues(label: string, selector: string | null, range: TimeRange): Promise<string[]> {
    const start = seconds(Math.floor(range.fromMs))
    const end = seconds(Math.ceil(range.toMs))
    const match = selector === null ? {} : { 'match[]': selector }
    const data = await this.#ask(`label/${label}/values`, { start, end, ...match })
    return Array.isArray(data) ? data.map(String) : []
  }

  /** From the first to the last sample in the newest block; null where there is none. */
  async samplesRange(): Promise<TimeRange | null> {
    const data = (await this.#ask('status/tsdb', {})) as {
      headStats: { minTime: number; maxTime: number }
    }
    const { minTime, maxTime } = data.headStats
    // Without samples these are the ends of a 64-bit number.
    if (!(minTime > 0 && maxTime >= minTime && maxTime < 8.64e15)) return null
    return { fromMs: minTime, toMs: maxTime }
  }

  async #ask(path: string, parameters: Record<string, string>): Promise<unknown> {
    return dataIn(await this.#send(path, new URLSearchParams(parameters)))
  }
}

/** Prometheus' API is stable within its major version; a string has nothing to draw. */
function resultIn(data: unknown): QueryResult {
  const { resultType, result }: Partial<QueryResult> = typeof data === 'object' ? { ...data } : {}
  const isKnown = resultType && ['matrix', 'vector', 'scalar'].includes(resultType)
  if (isKnown && Array.isArray(result)) return data as QueryResult
  throw new PrometheusError('execution', 'the answer is neither a number nor series')
}
