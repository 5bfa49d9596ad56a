import { Hono } from 'hono'
import { z } from 'zod'
import { PeerProblem, readBody, replyNoRoute, replyProblem } from '../peer-problem.ts'
import {
  type Allocator,
  type Range,
  rangeCountMax,
  SequenceExhausted,
  TooManySequences,
} from './ranges.ts'

const rangeRequest = z.strictObject({
  sequence: z.string().regex(/^[a-z][a-z_]{0,31}$/, 'must be 1 to 32 of a-z and _, a letter first'),
  count: z.int().min(1).max(rangeCountMax),
})

/** The ticket server's HTTP surface over an allocator. */
export function createTicketsApp(allocator: Allocator): Hono {
  const app = new Hono()
  app.onError(replyProblem)
  app.notFound(replyNoRoute)
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/v1/sequences', (c) => {
    const sequences = allocator.list().map(({ sequence, next, highWater }) => {
      return { sequence, next: String(next), highWater: String(highWater) }
    })
    return c.json({ sequences })
  })
  app.post('/v1/ranges', async (c) => {
    const { sequence, count } = await readBody(c, rangeRequest)
    const { first, last } = take(allocator, sequence, count)
    return c.json({ first: String(first), last: String(last) })
  })
  return app
}

function take(allocator: Allocator, sequence: string, count: number): Range {
  try {
    return allocator.take(sequence, count)
  } catch (error) {
    if (error instanceof TooManySequences) {
      throw new PeerProblem(400, 'too-many-sequences', error.message, { field: 'sequence' })
    }
    if (error instanceof SequenceExhausted) {
      throw new PeerProblem(409, 'sequence-exhausted', error.message)
    }
    console.error(error)
    throw new PeerProblem(503, 'not-saved', 'the high-water mark could not be saved')
  }
}
