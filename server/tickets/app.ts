import type { Hono } from 'hono'
import type { Registry } from 'prom-client'
import { z } from 'zod'
import { sequenceNames } from '../designs/ids/ids.ts'
import { logError } from '../log.ts'
import { check, peerApp, readBody } from '../peer-problems.ts'
import { TicketProblem } from './problems.ts'
import { type Range, rangeCountMax } from './ranges.ts'
import { MarkWentBack, SequenceExhausted, SequenceRetired, type Sequences } from './sequences.ts'

/** No other: a name that anybody makes up would take a place, and ids, for good. */
const sequenceName = z.enum(sequenceNames)

const rangeRequest = z.strictObject({
  sequence: sequenceName,
  count: z.int().min(1).max(rangeCountMax),
  above: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
})

/** The ticket server's HTTP surface over its sequences. */
export function createTicketsApp(sequences: Sequences, registry?: Registry): Hono {
  const app = peerApp()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/v1/sequences', (c) => {
    const listed = sequences.list().map(({ sequence, next, highWater, step, buffered }) => ({
      sequence,
      next: next === undefined ? null : String(next),
      highWater: String(highWater),
      step,
      buffered,
    }))
    return c.json({ sequences: listed })
  })
  app.post('/v1/ranges', async (c) => {
    const { sequence, count, above } = await readBody(c, rangeRequest)
    const { first, last } = await take(sequences, sequence, count, above)
    return c.json({ first: String(first), last: String(last) })
  })
  app.post('/v1/ids/:sequence', async (c) => {
    const sequence = check(sequenceName, c.req.param('sequence'), 'sequence')
    const { first } = await take(sequences, sequence, 1)
    return c.json({ id: String(first) })
  })
  if (registry) {
    app.get('/metrics', async (c) =>
      c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
    )
  }
  return app
}

const onePath = '/v1/ids/'
const json = { headers: { 'content-type': 'application/json' } }

/**
 * The app's fetch, with a short way for the most frequent request: one id that is buffered.
 * Everything else, bad names included, goes through the app.
 */
export function createTicketsFetch(
  sequences: Sequences,
  registry?: Registry,
  app = createTicketsApp(sequences, registry),
): (request: Request) => Response | Promise<Response> {
  return (request) => {
    if (request.method === 'POST') {
      const { url } = request
      const at = url.indexOf('/', 'http://'.length)
      if (url.startsWith(onePath, at)) {
        const id = sequences.nextBuffered(url.slice(at + onePath.length))
        if (id !== undefined) return new Response(`{"id":"${id}"}`, json)
      }
    }
    return app.fetch(request)
  }
}

async function take(
  sequences: Sequences,
  sequence: string,
  count: number,
  above?: number,
): Promise<Range> {
  try {
    return await sequences.take(sequence, count, above)
  } catch (error) {
    if (error instanceof SequenceRetired) {
      throw new TicketProblem('sequence-retired', { detail: error.message })
    }
    if (error instanceof SequenceExhausted) {
      throw new TicketProblem('sequence-exhausted', { detail: error.message })
    }
    logError('unexpected', error)
    if (error instanceof MarkWentBack)
      throw new TicketProblem('mark-went-back', { detail: error.message })
    throw new TicketProblem('no-lease')
  }
}
