import { type Context, Hono } from 'hono'
import { assertReadable, bodyProblems, readText } from '../server/body.ts'
import { definite, indefinite, problemsOf, toResponse } from '../server/problem.ts'
import { limitedBody } from './limited-body.ts'
import { loopbackOrigin } from './loopback-origin.ts'
import { type ArmName, armNames } from './model/faults.ts'

/** A change is answered once every process obeys it, or after half a second. */
const deadlineMs = 4000
const answerBytesMax = 1024 * 1024

/** Why the console does not hand a request on to an arm, or an answer back. */
export const chaosProxyProblems = {
  ...bodyProblems,
  ...definite(400, {
    'fault-name-invalid': {
      title: 'This cannot be the name of a fault',
      doc: 'A name has 1 to 64 of `a-z 0-9 -`. The arm was not asked.',
    },
  }),
  ...definite(401, {
    'token-missing': {
      title: 'The token of chaos is needed',
      doc: 'Send it as `authorization: Bearer TOKEN`. The arm was not asked.',
    },
  }),
  ...definite(404, {
    'arm-unknown': { title: 'There is no such arm', doc: 'Arms are `before` and `after`.' },
  }),
  ...indefinite(502, {
    'arm-unreachable': {
      title: 'The arm does not answer',
      doc: 'Nothing listens, or it has died.',
    },
    'arm-answer-invalid': {
      title: 'What answers is not an arm',
      doc: 'The answer was not JSON, led elsewhere, or had more than 1 MiB.',
    },
  }),
  ...indefinite(504, {
    'arm-timeout': { title: 'The arm took too long', doc: `No answer within ${deadlineMs} ms.` },
  }),
}

class ChaosProxyProblem extends problemsOf(chaosProxyProblems) {}

/** APIs of both arms: `http://127.0.0.1:PORT`. */
export type ArmUrls = Record<ArmName, string>

/**
 * The way to the faults of both arms, and to nothing else of them: list, put, delete, reset. The
 * token goes through as it came and is neither kept nor logged; the arm judges it.
 * @throws NotLoopback when an arm is on another machine
 */
export function chaosProxy(urls: ArmUrls): Hono {
  const origins = new Map<string, string>(
    armNames.map((arm) => [arm, loopbackOrigin(`ARM_${arm.toUpperCase()}_URL`, urls[arm])]),
  )
  const app = new Hono()
  const pass = async (c: Context, path: string) => {
    const origin = origins.get(c.req.param('arm') ?? '')
    if (origin === undefined) throw new ChaosProxyProblem('arm-unknown', { field: 'arm' })
    return await forward(c.req.raw, `${origin}/chaos/${path}`)
  }
  app.onError((error) => toResponse(error))
  app.get('/:arm/faults', (c) => pass(c, 'faults'))
  app.on(['PUT', 'DELETE'], '/:arm/faults/:name', async (c) => {
    const name = c.req.param('name')
    if (!/^[a-z0-9-]{1,64}$/.test(name)) {
      throw new ChaosProxyProblem('fault-name-invalid', { field: 'name' })
    }
    return await pass(c, `faults/${name}`)
  })
  app.post('/:arm/reset', (c) => pass(c, 'reset'))
  return app
}

async function forward(request: Request, url: string): Promise<Response> {
  const { method } = request
  const authorization = request.headers.get('authorization')
  if (!authorization) throw new ChaosProxyProblem('token-missing', { field: 'authorization' })
  const headers: Record<string, string> = { authorization }
  let body: string | null = null
  if (method === 'PUT') {
    assertReadable(request.headers)
    body = await readText(request)
    headers['content-type'] = 'application/json'
  }
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(deadlineMs)])
  try {
    return await handedBack(await fetch(url, { method, headers, body, signal, redirect: 'manual' }))
  } catch (error) {
    if (error instanceof ChaosProxyProblem) throw error
    const isLate = error instanceof DOMException && error.name === 'TimeoutError'
    throw new ChaosProxyProblem(isLate ? 'arm-timeout' : 'arm-unreachable', { cause: error })
  }
}

async function handedBack(answer: Response): Promise<Response> {
  const type = answer.headers.get('content-type') ?? ''
  const isJson = /^application\/(problem\+)?json\b/.test(type)
  const body = isJson ? await limitedBody(answer, { bytes: answerBytesMax }) : null
  if (body === null) {
    await answer.body?.cancel()
    throw new ChaosProxyProblem('arm-answer-invalid')
  }
  const headers = { 'content-type': type, 'cache-control': 'no-store' }
  return new Response(body, { status: answer.status, headers })
}
