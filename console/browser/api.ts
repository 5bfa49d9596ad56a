import type { Board } from '../model/board-schema.ts'
import {
  dataIn,
  PrometheusClient,
  PrometheusError,
  type Transport,
} from '../model/prometheus-client.ts'
import { readServerClock } from '../model/server-clock.ts'
import { Batch } from './batch.ts'

const timeoutMsMax = 8000

/** Asks the console's proxy below `/console/api/prom/`. */
const viaProxy =
  (signal: AbortSignal): Transport =>
  async (path, search) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMsMax)])
    const answer = await fetch(`/console/api/prom/${path}?${search}`, { signal: limit }).catch(
      (error: unknown) => {
        if (signal.aborted) throw error
        throw new PrometheusError('unreachable', 'the console itself does not answer')
      },
    )
    readServerClock(answer)
    return answer.json().catch(() => null)
  }

/** Asks for one round of the board: in batches, each query once, all ended by one signal. */
export function newRound(signal: AbortSignal): PrometheusClient {
  const send = viaProxy(signal)
  const batch = new Batch(async (asks) => {
    return dataIn(await send('batch', new URLSearchParams(asks.map((ask) => ['ask', ask]))))
  })
  return new PrometheusClient((path, search) =>
    path.startsWith('query') ? batch.ask(`${path}?${search}`) : send(path, search),
  )
}

export interface LoadedBoard {
  board: Board
  scrapeIntervalMs: number
}

/** The board of this page; the server has checked it. */
export async function loadBoard(uid: string): Promise<LoadedBoard> {
  const answer = await fetch(`/console/api/boards/${uid}`, {
    signal: AbortSignal.timeout(timeoutMsMax),
  })
  readServerClock(answer)
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return answer.json() as Promise<LoadedBoard>
}

export interface BoardName {
  uid?: string
  title?: string
  tags?: string[]
}

/** Names of all boards, for links between them. */
export async function loadBoardNames(): Promise<BoardName[]> {
  const answer = await fetch('/console/api/boards', { signal: AbortSignal.timeout(timeoutMsMax) })
  const { boards } = (await answer.json()) as { boards: BoardName[] }
  return boards
}
