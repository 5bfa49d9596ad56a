import type { Context } from 'hono'
import { assertReadable, readText } from '../body.ts'
import { orProblem } from '../errors.ts'

/** The board answers within half a second, but for its events, which have no end. */
const answerMsMax = 2000
const handedOn = ['authorization', 'content-type', 'last-event-id']
const handedBack = ['content-type', 'www-authenticate', 'allow', 'cache-control']

/**
 * Hands requests below `/chaos` on to the board, and its answers back.
 * @param stopping ends the streams that are handed back
 * @throws Problem `board-unavailable`
 */
export const forwardTo =
  (url: string, stopping: AbortSignal) =>
  async (c: Context): Promise<Response> => {
    const { pathname, search } = new URL(c.req.url)
    const init = {
      method: c.req.method,
      headers: picked(c.req.raw.headers, handedOn),
      body: c.req.method === 'PUT' ? await bodyOf(c) : null,
      redirect: 'error',
    } as const
    const target = new URL(`${pathname}${search}`, url).href
    return await orProblem('board-unavailable', ask(target, init, [stopping, c.req.raw.signal]))
  }

/** What has an end is read to it in time. */
async function ask(url: string, init: RequestInit, ends: AbortSignal[]): Promise<Response> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), answerMsMax)
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.any([late.signal, ...ends]) })
    const headers = picked(answer.headers, handedBack)
    const isStream = headers['content-type']?.startsWith('text/event-stream')
    const body = isStream ? answer.body : await answer.text()
    return new Response(body, { status: answer.status, headers })
  } finally {
    clearTimeout(timer)
  }
}

/** The API server has read it already. */
async function bodyOf({ req }: Context): Promise<string> {
  if (req.bodyCache.text !== undefined) return await req.text()
  assertReadable(req.raw.headers)
  return await readText(req.raw)
}

const picked = (headers: Headers, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
