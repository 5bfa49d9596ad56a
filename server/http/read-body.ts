import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Problem } from '../errors.ts'

/** Bytes; the largest order has about two thousand. */
export const bodyBytesMax = 64 * 1024

const tooLarge = () => new Problem('payload-too-large', { field: 'body' })

const limitStream = bodyLimit({
  maxSize: bodyBytesMax,
  onError: () => {
    throw tooLarge()
  },
})

/**
 * Refuses a body above `bodyBytesMax`. A declared length is judged without touching the body,
 * which would cost the hot path a stream; only a body of unknown length is counted.
 * @throws Problem `payload-too-large`
 */
export const limitBody: MiddlewareHandler = (c, next) => {
  const length = c.req.header('content-length')
  if (length === undefined || c.req.header('transfer-encoding')) return limitStream(c, next)
  if (Number(length) > bodyBytesMax) throw tooLarge()
  return next()
}
