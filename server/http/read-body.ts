import type { MiddlewareHandler } from 'hono'
import { Problem } from '../errors.ts'
import type { BodyDeadlines } from './body-deadlines.ts'

/** Bytes; the largest order has about two thousand. */
export const bodyBytesMax = 64 * 1024

/**
 * Reads the body to its end before anything else is done for the request, so that a slow sender
 * holds nothing but a socket. A declared length is judged without a stream, which would cost the
 * hot path; only a body of unknown length is counted.
 * @throws Problem `payload-too-large`, `body-timeout`, `invalid-request` where the sender went away
 */
export const readsBody =
  (bodies: BodyDeadlines): MiddlewareHandler =>
  async (c, next) => {
    const { req } = c
    const length = req.header('content-length')
    if (length === undefined || req.header('transfer-encoding')) {
      // Hono keeps promises there, which its type does not say.
      req.bodyCache.text = counted(req.raw.body) as unknown as string
    } else if (Number(length) > bodyBytesMax) throw tooLarge()
    await bodies.wait(req.text(), tooLate).catch(unreadable)
    await next()
  }

async function counted(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bodyBytesMax) throw tooLarge()
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

const tooLate = () => new Problem('body-timeout', { field: 'body' })

const tooLarge = () => new Problem('payload-too-large', { field: 'body' })

function unreadable(cause: unknown): never {
  if (cause instanceof Problem) throw cause
  throw new Problem('invalid-request', { detail: 'The body ended early', field: 'body', cause })
}
