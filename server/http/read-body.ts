import type { MiddlewareHandler } from 'hono'
import { assertReadable, readText } from '../body.ts'
import { Problem } from '../errors.ts'
import { readJson, UnreadableJson } from '../json-text.ts'
import { KnownProblem } from '../problem.ts'
import type { BodyDeadlines } from './body-deadlines.ts'

/**
 * Reads the body to its end before anything else is done for the request, so that a slow sender
 * holds nothing but a socket.
 * @throws Problem `body-timeout`, `invalid-request` where the sender went away; BodyProblem
 */
export const readsBody =
  (bodies: BodyDeadlines): MiddlewareHandler =>
  async ({ req }, next) => {
    assertReadable(req.raw.headers)
    const text = await bodies.wait(readText(req.raw), tooLate).catch(endedEarly)
    // Hono keeps promises there; one that is settled already does as well.
    req.bodyCache.text = Promise.resolve(text) as unknown as string
    await next()
  }

/** Parses what was read, once the request is let in. @throws UnreadableJson */
export const parsesBody: MiddlewareHandler = async ({ req }, next) => {
  const value = readJson(await req.text())
  req.json = async () => value as never
  await next()
}

const tooLate = () => new Problem('body-timeout', { field: 'body' })

function endedEarly(cause: unknown): never {
  if (cause instanceof KnownProblem || cause instanceof UnreadableJson) throw cause
  throw new Problem('invalid-request', { detail: 'The body ended early', field: 'body', cause })
}
