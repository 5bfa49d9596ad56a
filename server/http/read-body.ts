import type { MiddlewareHandler } from 'hono'
import { assertReadable, readText } from '../body.ts'
import { Problem } from '../errors.ts'
import { readJson } from '../json-text.ts'
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
    const text = readText(req.raw)
    // Hono keeps promises there, which its type does not say.
    req.bodyCache.text = text as unknown as string
    await bodies.wait(text, tooLate).catch(endedEarly)
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
  if (cause instanceof KnownProblem) throw cause
  throw new Problem('invalid-request', { detail: 'The body ended early', field: 'body', cause })
}
