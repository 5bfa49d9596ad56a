import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Registry } from 'prom-client'
import type { FlagsHealth } from '../designs/flags/design-flags.ts'
import { Problem } from '../errors.ts'
import { get, ok, refused } from './describe-route.ts'
import { mount, mountPlain } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'

const text = (description: string) => ({
  200: { description, content: { 'text/plain': { schema: z.string() } } },
})

const health = createRoute({
  ...get('/healthz', 'The process is alive'),
  responses: { ...text('ok'), ...refused },
})

const ready = createRoute({
  ...get('/readyz', 'The process takes requests and its database answers'),
  responses: ok(z.object({ ready: z.literal(true) }), 'Ready'),
})

/** Explicit, since Bun adds it to the answer to `GET` alone. */
const plain = { 'content-type': 'text/plain; charset=UTF-8' }

export interface Readiness {
  draining: boolean
  /** Settles when the database answers. @throws Problem when it does not */
  database(): Promise<void>
}

export function mountHealth(
  app: OpenAPIHono,
  deps: RouteDeps,
  registry: Registry,
  readiness: Readiness,
): void {
  mountPlain(app, deps, 'healthz', health, (c) =>
    c.body(`ok${behind(deps.flags.health())}`, 200, plain),
  )
  mount(app, deps, 'readyz', ready, async (c) => {
    if (readiness.draining) throw new Problem('draining')
    await readiness.database()
    return c.json({ ready: true as const }, 200)
  })
  app.get('/metrics', async () => {
    const headers = { 'content-type': registry.contentType }
    return new Response(await registry.metrics(), { headers })
  })
}

/** Health mentions flags that are older than this. */
const flagsMsMax = 2000

/** The process goes on with the flags that it has: it is alive, and must be seen not to follow. */
const behind = ({ epoch, ageMs }: FlagsHealth): string => {
  if (ageMs <= flagsMsMax) return ''
  const kept = epoch === undefined ? 'never read' : `of change ${epoch} not read since`
  return `; design flags ${kept}, for ${Math.round(ageMs / 1000)} s`
}
