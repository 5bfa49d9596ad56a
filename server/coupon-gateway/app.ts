import { createHash } from 'node:crypto'
import type { Hono } from 'hono'
import type { Registry } from 'prom-client'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { z } from 'zod'
import { peerApp, readBody } from '../peer-problems.ts'
import type { AskIssuer } from './issuer-client.ts'
import type { GatewayMeter } from './metrics.ts'
import { GatewayProblem } from './problems.ts'

/** All else in the body is the issuer’s to judge. */
const askedBody = z.looseObject({
  partner: z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 of a-z 0-9 -'),
})

export interface GatewayOptions {
  askIssuer: AskIssuer
  /** Most requests per second under one key of a partner; 0 = any number. */
  ratePerSecond: number
  meter: GatewayMeter
  registry?: Registry
}

/** The HTTP surface of the internal API server: what partners call, and the issuer’s answer. */
export function createGatewayApp(options: GatewayOptions): Hono {
  const { askIssuer, meter, ratePerSecond, registry } = options
  const limiter =
    ratePerSecond > 0 ? new RateLimiterMemory({ points: ratePerSecond, duration: 1 }) : undefined
  const app = peerApp()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.post('/api/v1/coupons', async (c) => {
    const body = await readBody(c, askedBody)
    const key = c.req.header('x-partner-key') ?? ''
    meter.asked()
    await limiter?.consume(callerOf(body.partner, key)).catch((refusal: RateLimiterRes | Error) => {
      if (refusal instanceof Error) throw refusal
      meter.limited()
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      throw new GatewayProblem('partner-rate-limited', { retryAfterSeconds })
    })
    const answer = await askIssuer(JSON.stringify(body), key)
    if (!answer) throw new GatewayProblem('issuer-silent')
    const headers: Record<string, string> = { 'content-type': answer.contentType }
    if (answer.retryAfter !== null) headers['retry-after'] = answer.retryAfter
    return new Response(answer.body, { status: answer.status, headers })
  })
  if (registry) {
    app.get('/metrics', async (c) =>
      c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
    )
  }
  return app
}

/** By name and key, since only the issuer knows keys: a wrong one uses up no partner’s rate. */
const callerOf = (partner: string, key: string): string =>
  createHash('sha256').update(`${partner} ${key}`).digest('hex')
