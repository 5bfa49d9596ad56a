import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type Budget, limitedBody } from './limited-body.ts'
import { loopbackOrigin } from './loopback-origin.ts'

const deadlineMs = 5000
const answerBytesMax = 16 * 1024 * 1024
const batchMax = 16

const instant = z.string().regex(/^\d{1,14}(\.\d{1,6})?$/, 'must be seconds since 1970')
const step = z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be seconds')
const expression = z.string().min(1).max(16_384)
const labelName = z.string().regex(/^[a-zA-Z_]\w{0,127}$/, 'must be the name of a label')
const matches = z.array(expression).max(16)

const labelInput = z.strictObject({
  'match[]': matches.optional(),
  start: instant.optional(),
  end: instant.optional(),
})

/** What may be asked, by Prometheus' own path. */
const inputs: Record<string, z.ZodType> = {
  query: z.strictObject({ query: expression, time: instant.optional() }),
  query_range: z.strictObject({ query: expression, start: instant, end: instant, step }),
}

/**
 * Read-only way to a loopback Prometheus: known GET routes and parameters only, 5 s, 16 MB an
 * answer. `/batch` asks several at once (`ask=query_range?query=up&…`, 16 at most, in order).
 * Throws `NotLoopback` when `prometheusUrl` is on another machine.
 */
export function prometheusProxy(prometheusUrl: string): Hono {
  const base = loopbackOrigin('PROMETHEUS_URL', prometheusUrl)
  const app = new Hono()
  const pass = (path: string, search: URLSearchParams, gone: AbortSignal, budget?: Budget) => {
    const flaw = flawOf(search, inputs[path] ?? labelInput)
    return flaw ? badInput(flaw) : forward(new URL(`/api/v1/${path}?${search}`, base), gone, budget)
  }
  for (const path of Object.keys(inputs)) {
    app.get(`/${path}`, (c) => pass(path, searchIn(c), c.req.raw.signal))
  }
  app.get('/label/:name/values', (c) => {
    const name = labelName.safeParse(c.req.param('name'))
    if (!name.success) return badInput('name: must be the name of a label')
    return pass(`label/${name.data}/values`, searchIn(c), c.req.raw.signal)
  })
  app.get('/batch', async (c) => {
    const asked = searchIn(c).getAll('ask')
    if (asked.length === 0 || asked.length > batchMax) return badInput(`ask: 1 to ${batchMax}`)
    const budget = { bytes: answerBytesMax }
    const answers = asked.map(async (one) => {
      const [, path = '', search] = /^([^?]*)\??(.*)$/s.exec(one) ?? []
      if (!Object.hasOwn(inputs, path)) return badInput(`ask: no way to ${path}`)
      return pass(path, new URLSearchParams(search), c.req.raw.signal, budget)
    })
    const texts = await Promise.all(answers.map(async (answer) => (await answer).text()))
    return new Response(`{"status":"success","data":[${texts.join(',')}]}`, { headers })
  })
  return app
}

const searchIn = (c: Context) => new URL(c.req.url).searchParams

/** The first thing that is wrong with the parameters of a question; null when all is well. */
function flawOf(search: URLSearchParams, input: z.ZodType): string | null {
  const given = [...new Set(search.keys())].map((key) => {
    const values = search.getAll(key)
    return [key, key.endsWith('[]') || values.length > 1 ? values : values[0]]
  })
  const [issue] = input.safeParse(Object.fromEntries(given)).error?.issues ?? []
  return issue ? `${issue.path.join('.') || 'parameters'}: ${issue.message}` : null
}

/** The answer as it is, or a refusal. The page's own abort ends it; redirects are not followed. */
async function forward(
  url: URL,
  gone: AbortSignal,
  budget: Budget = { bytes: answerBytesMax },
): Promise<Response> {
  try {
    const signal = AbortSignal.any([gone, AbortSignal.timeout(deadlineMs)])
    const answer = await fetch(url, { signal, redirect: 'manual' })
    const json = answer.headers.get('content-type')?.startsWith('application/json') ?? false
    const body = await limitedBody(answer, budget)
    if (body === null) return refuse(502, 'too-large', 'more than 16 MB')
    if (!json) {
      const error = `status ${answer.status}, and not JSON: is this a Prometheus?`
      return refuse(502, 'bad-answer', error)
    }
    return new Response(body, { status: answer.status, headers })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      return refuse(504, 'timeout', `no answer in ${deadlineMs} ms`)
    }
    return refuse(502, 'unreachable', `nothing answers at ${url.origin}`)
  }
}

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }

type ErrorType = 'unreachable' | 'timeout' | 'too-large' | 'bad-input' | 'bad-answer'

/** Why an answer could not be passed on, as Prometheus itself would word an error. */
const refuse = (status: 400 | 502 | 504, errorType: ErrorType, error: string) =>
  Response.json({ status: 'error', errorType, error }, { status, headers })

const badInput = (error: string) => refuse(400, 'bad-input', error)
