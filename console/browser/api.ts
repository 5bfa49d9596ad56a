import type { BoardView } from '../model/board-schema.ts'
import type { QueryResult } from '../model/prometheus.ts'
import { alignRange, type TimeRange } from '../model/time-range.ts'
import type { Words } from '../model/words.ts'

/** What went wrong, in the kinds that a reader can do something about. */
export type TroubleKind =
  | 'noPrometheus'
  | 'badQuery'
  | 'tooLarge'
  | 'tooSlow'
  | 'refused'
  | 'failed'

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
  const url = `/console/api/prom/${path}?${search}`
  const answer = await fetch(url, { signal: limit }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new Trouble('noPrometheus', 'the console itself does not answer')
  })
  return answer.json().catch(() => null)
}

/** What Prometheus answered, or a `Trouble` with what it said. */
function dataIn(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) throw new Trouble('refused', 'not an answer')
  if ('status' in body && body.status === 'success' && 'data' in body) return body.data
  const type = 'errorType' in body ? String(body.errorType) : ''
  throw new Trouble(kinds[type] ?? 'refused', 'error' in body ? String(body.error) : type)
}

/** Few requests instead of many, but not one: a slow query holds up only its own batch. */
const batchMax = 8
const batchCharactersMax = 6000

interface Waiting {
  ask: string
  resolve(body: unknown): void
  reject(error: unknown): void
}

/** Gathers what is asked in one go of the event loop and asks it in batches, the same only once. */
function newBatch(signal: AbortSignal): (ask: string) => Promise<unknown> {
  const asked = new Map<string, Promise<unknown>>()
  let waiting: Waiting[] = []
  const flush = () => {
    for (const some of inBatches(waiting)) void sendBatch(some, signal)
    waiting = []
  }
  return (ask) => {
    const known = asked.get(ask)
    if (known) return known
    const answer = new Promise<unknown>((resolve, reject) => {
      if (waiting.push({ ask, resolve, reject }) === 1) queueMicrotask(flush)
    })
    asked.set(ask, answer)
    return answer
  }
}

function inBatches(waiting: readonly Waiting[]): Waiting[][] {
  const batches: Waiting[][] = []
  let characters = 0
  for (const one of waiting) {
    const last = batches.at(-1)
    const length = encodeURIComponent(one.ask).length
    if (last && last.length < batchMax && characters + length <= batchCharactersMax) {
      last.push(one)
      characters += length
    } else {
      batches.push([one])
      characters = length
    }
  }
  return batches
}

async function sendBatch(batch: Waiting[], signal: AbortSignal): Promise<void> {
  try {
    const search = new URLSearchParams(batch.map(({ ask }) => ['ask', ask]))
    const answers = dataIn(await get('batch', search, signal))
    for (const [at, { resolve, reject }] of batch.entries()) {
      try {
        resolve(dataIn(Array.isArray(answers) ? answers[at] : null))
      } catch (error) {
        reject(error)
      }
    }
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}

const seconds = (ms: number) => String(ms / 1000)

/** One round of questions: the same question is asked once, and all end with one signal. */
export interface Round {
  range(expr: string, range: TimeRange, stepMs: number): Promise<QueryResult>
  instant(expr: string, atMs: number): Promise<QueryResult>
  labelValues(label: string, match: string | null, range: TimeRange): Promise<string[]>
}

export function newRound(signal: AbortSignal): Round {
  const batch = newBatch(signal)
  return {
    range: async (query, range, stepMs) => {
      const { fromMs, toMs } = alignRange(range, stepMs)
      const times = { start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) }
      const search = new URLSearchParams({ query, ...times })
      return resultIn(await batch(`query_range?${search}`))
    },
    instant: async (query, atMs) => {
      const search = new URLSearchParams({ query, time: seconds(atMs) })
      return resultIn(await batch(`query?${search}`))
    },
    labelValues: async (label, match, { fromMs, toMs }) => {
      const search = new URLSearchParams({
        start: seconds(Math.floor(fromMs)),
        end: seconds(Math.ceil(toMs)),
      })
      if (match !== null) search.set('match[]', match)
      const data = dataIn(await get(`label/${label}/values`, search, signal))
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
