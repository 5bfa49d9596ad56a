import { OpenAPIHono, z } from '@hono/zod-openapi'
import { controlOf } from '../../chaos/board.ts'
import { FaultList } from '../../chaos/fault-list.ts'
import { guard, mountChaos } from '../../chaos/http.ts'
import { readBody, refusing } from '../peer-problems.ts'
import { Followers, report } from './followers.ts'

interface BoardOptions {
  token: string
  /** A monotonic clock, milliseconds. */
  nowMs?: () => number
}

/** The HTTP surface of the board process: for people under `/chaos`, for processes `/v1/follow`. */
export function createBoardApp({ token, nowMs }: BoardOptions) {
  const asked = new FaultList(nowMs, () => followers.wake())
  const followers = new Followers(asked, nowMs)
  const stopping = new AbortController()
  const control = controlOf(asked, {
    processesOf: (name) => followers.processesOf(name),
    obeyed: () => followers.obeyed(),
  })
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
