import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { ActiveFaults } from '../../chaos/active-faults.ts'
import { type BoardControl, controlOf } from '../../chaos/board.ts'
import { FaultList } from '../../chaos/fault-list.ts'
import { guard, mountChaos } from '../../chaos/http.ts'
import { readBody, refusing } from '../peer-problems.ts'
import { claim, Followers, report } from './followers.ts'
import { refuseUnobeyed } from './unobeyed.ts'

interface BoardOptions {
  token: string
  /** A monotonic clock, milliseconds. */
  nowMs?: () => number
  /** What acts here, beside the shop; without it such faults are refused. */
  outside?: { active: ActiveFaults; wake(): void } | undefined
}

/** The HTTP surface of the board process: for people under `/chaos`, for processes `/v1/follow`. */
export function createBoardApp({ token, nowMs, outside }: BoardOptions) {
  const asked = new FaultList(nowMs, () => {
    outside?.active.adopt(asked.snapshot())
    outside?.wake()
    followers.wake()
  })
  const followers = new Followers(asked, nowMs)
  const stopping = new AbortController()
  const here = { process: 'board', kind: 'board' } as const
  const listed = controlOf(asked, {
    processesOf(name) {
      const tally = outside?.active.tallies()[name]
      return [...followers.processesOf(name), ...(tally ? [{ ...here, ...tally }] : [])]
    },
    obeyed: () => followers.obeyed(),
  })
  const control: BoardControl = {
    ...listed,
    put(name, settings) {
      const hasProxy = followers.hasKind('proxy')
      refuseUnobeyed(name, { outside: outside !== undefined, proxy: hasProxy, board: true })
      return listed.put(name, settings)
    },
  }
  const app = refusing(new OpenAPIHono())
  guard(app, '/chaos/*', token)
  guard(app, '/v1/*', token)
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.on('PUT', '/chaos/*', async (c, next) => {
    // As the API server reads it, JSON's traps refused.
    const value = await readBody(c, z.unknown())
    c.req.json = async () => value as never
    await next()
  })
  app.get('/v1/faults/:name', (c) => c.json({ key: asked.keyOf(c.req.param('name')) ?? null }))
  app.post('/v1/claims', async (c) => {
    const wanted = await readBody(c, claim)
    const isGranted = asked.claim(wanted.fault, wanted.key)
    if (isGranted) followers.granted(wanted)
    return c.json({ isGranted })
  })
  app.post('/v1/follow', async (c) => c.json(await followers.follow(await readBody(c, report))))
  mountChaos(app, { control, stopping: stopping.signal })
  return {
    app,
    control,
    /** Ends what is over: no process needs it, but history and events do. */
    sweep: () => asked.sweep(),
    /** Lets go of everything that is held. */
    stop() {
      stopping.abort()
      followers.close()
    },
  }
}
