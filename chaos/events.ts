import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { Problem } from '../server/errors.ts'
import type { BoardControl } from './board.ts'
import type { Change } from './history.ts'

/** A line of comment so often keeps proxies and the server from ending a quiet stream. */
const quietMsMax = 5000
/** Changes that a slow reader may be behind: then its stream ends, and it resumes by its id. */
const behindMax = 1000
/** Readers at once: each is a connection, and a write for every change. */
export const readersMax = 64

/**
 * The route of a board's events. It answers with the changes as they happen, first those after
 * `last-event-id`, until the reader leaves or the process stops.
 * @throws Problem `too-many-streams`
 */
export function eventsOf(board: BoardControl, stopping: AbortSignal): (c: Context) => Response {
  let readers = 0
  return (c) => {
    if (readers >= readersMax) throw new Problem('too-many-streams')
    readers += 1
    return streamChanges(c, board, stopping, () => {
      readers -= 1
    })
  }
}

function streamChanges(
  c: Context,
  board: BoardControl,
  stopping: AbortSignal,
  onEnd: () => void,
): Response {
  const lastId = c.req.header('last-event-id')
  const isResumed = lastId !== undefined && /^\d{1,15}$/.test(lastId)
  const waiting: Change[] = isResumed ? board.history(Number(lastId)) : []
  return streamSSE(c, async (stream) => {
    let wake = Promise.withResolvers<void>()
    const unsubscribe = board.subscribe((change) => {
      waiting.push(change)
      wake.resolve()
    })
    const end = () => wake.resolve()
    stream.onAbort(end)
    stopping.addEventListener('abort', end)
    const isOver = () => stream.aborted || stopping.aborted || waiting.length > behindMax
    try {
      await stream.write(': the changes of the board\n\n')
      while (!isOver()) {
        for (const change of waiting.splice(0)) await stream.writeSSE(eventOf(change))
        if (waiting.length > 0) continue
        if (!(await isWokenBefore(quietMsMax, wake.promise))) await stream.write(': quiet\n\n')
        wake = Promise.withResolvers<void>()
      }
    } finally {
      unsubscribe()
      onEnd()
      stopping.removeEventListener('abort', end)
    }
  })
}

const eventOf = (change: Change) => ({
  event: 'change',
  id: String(change.number),
  data: JSON.stringify(change),
})

/** Leaves no timer behind. */
async function isWokenBefore(ms: number, woken: Promise<void>): Promise<boolean> {
  const over = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => over.resolve(false), ms)
  void woken.then(() => over.resolve(true))
  const isWoken = await over.promise
  clearTimeout(timer)
  return isWoken
}
