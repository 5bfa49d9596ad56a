import type { BoardView } from '../model/board-schema.ts'
import type { QueryResult } from '../model/prometheus.ts'
import { alignRange, type TimeRange } from '../model/time-range.ts'
import type { Words } from '../model/words.ts'

/** What went wrong, in the kinds that a reader can do something about. */
export type TroubleKind = 'noPrometheus' | 'badQuery' | 'tooLarge' | 'tooSlow' | 'refused'

export class Trouble extends Error {
  override name = 'Trouble'

  constructor(
    readonly kind: TroubleKind,
    detail: string,
  ) {
    super(detail)
  }

  /** The headline and what to do. */
  told(words: Words): { headline: string; hint: string } {
    return { headline: words[this.kind], hint: words[`${this.kind}Hint`] }
  }
}

const kinds: Record<string, TroubleKind> = {
  unreachable: 'noPrometheus',
  'bad-answer': 'noPrometheus',
  timeout: 'tooSlow',
  'too-large': 'tooLarge',
  bad_data: 'badQuery',
  execution: 'badQuery',
  'bad-input': 'badQuery',
}

const deadlineMs = 8000

async function get(path: string, search: URLSearchParams, signal: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
  const answer = await fetch(`${path}?${search}`, { signal: limit }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new Trouble('noPrometheus', 'the console itself does not answer')
  })
  const body: unknown = await answer.json().catch(() => null)
  if (typeof body !== 'object' || body === null) throw new Trouble('refused', `${answer.status}`)
  if ('status' in body && body.status === 'success' && 'data' in body) return body.data
  const type = 'errorType' in body ? String(body.errorType) : ''
  const detail = 'error' in body ? String(body.error) : `status ${answer.status}`
  throw new Trouble(kinds[type] ?? 'refused', detail)
}

const seconds = (ms: number) => String(ms / 1000)

/** One round of questions: the same question is asked once, and all end with one signal. */
export interface Round {
  range(expr: string, range: TimeRange, stepMs: number): Promise<QueryResult>
  instant(expr: string, atMs: number): Promise<QueryResult>
  labelValues(label: string, match: string | null, range: TimeRange): Promise<string[]>
}

export function newRound(signal: AbortSignal): Round {
  const asked = new Map<string, Promise<unknown>>()
  const ask = (path: string, parameters: Record<string, string>) => {
    const search = new URLSearchParams(parameters)
    const key = `${path}?${search}`
    const known = asked.get(key)
    if (known) return known
    const answer = get(`/console/api/prom/${path}`, search, signal)
    asked.set(key, answer)
    return answer
  }
  return {
    range: async (query, range, stepMs) => {
      const { fromMs, toMs } = alignRange(range, stepMs)
      const times = { start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) }
      return resultIn(await ask('query_range', { query, ...times }))
    },
    instant: async (query, atMs) => resultIn(await ask('query', { query, time: seconds(atMs) })),
    labelValues: async (label, match, { fromMs, toMs }) => {
      const limits = { start: seconds(Math.floor(fromMs)), end: seconds(Math.ceil(toMs)) }
      const only = match === null ? {} : { 'match[]': match }
      const data = await ask(`label/${label}/values`, { ...limits, ...only })
      return Array.isArray(data) ? data.map(String) : []
    },
  }
}

function resultIn(data: unknown): QueryResult {
  if (typeof data === 'object' && data !== null && 'resultType' in data && 'result' in data) {
    const known = ['matrix', 'vector', 'scalar'].includes(String(data.resultType))
    // Prometheus' API is stable within its major version; a string has nothing to draw.
    if (known && Array.isArray(data.result)) return data as QueryResult
  }
  throw new Trouble('badQuery', 'the answer is neither a number nor series')
}

export interface LoadedBoard {
  board: BoardView
  scrapeIntervalMs: number
}

/** The board of this page; the server has checked it. */
export async function loadBoard(uid: string): Promise<LoadedBoard> {
  const answer = await fetch(`/console/api/boards/${uid}`, {
    signal: AbortSignal.timeout(deadlineMs),
  })
  if (!answer.ok) throw new Trouble('refused', `${answer.status} ${await answer.text()}`)
  return answer.json() as Promise<LoadedBoard>
}

export interface BoardName {
  uid?: string
  title?: string
  tags?: string[]
}

/** Names of all boards, for links between them. */
export async function loadBoardNames(): Promise<BoardName[]> {
  const answer = await fetch('/console/api/boards', { signal: AbortSignal.timeout(deadlineMs) })
  const { boards } = (await answer.json()) as { boards: BoardName[] }
  return boards
}
