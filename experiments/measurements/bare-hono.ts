import { Hono } from 'hono'
import { serveUntilSignal } from '../../server/process.ts'

/** The least that a Hono server can do: what the shop's cheapest route is measured against. */
const app = new Hono().get('/healthz', (c) => c.text('ok'))

serveUntilSignal({ name: 'bare hono', port: 0, fetch: (request) => app.fetch(request) })
