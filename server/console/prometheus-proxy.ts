import { type Context, Hono } from 'hono'
import { z } from 'zod'

const deadlineMs = 5000
const answerBytesMax = 16 * 1024 * 1024

const instant = z.string().regex(/^\d{1,14}(\.\d{1,6})?$/, 'must be seconds since 1970')
const step = z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be seconds')
const expression = z.string().min(1).max(16_384)
const labelName = z.string().regex(/^[a-zA-Z_]\w{0,127}$/, 'must be the name of a label')
const matches = z.array(expression).max(16)

const queryInput = z.strictObject({ query: expression, time: instant.optional() })
const rangeInput = z.strictObject({ query: expression, start: instant, end: instant, step })
const seriesInput = z.strictObject({
  'match[]': matches.optional(),
  start: instant.optional(),
  end: instant.optional(),
})

/** Why the console could not pass an answer on, as Prometheus itself would word an error. */
interface Refusal {
  errorType: 'unreachable' | 'timeout' | 'too-large' | 'bad-input' | 'bad-answer'
  error: string
  status: 400 | 502 | 504
}

/**
 * A Prometheus elsewhere than on this machine; the proxy would open it to whoever can reach the
 * console.
 */
export class NotLoopback extends Error {
  override name = 'NotLoopback'
}

/**
 * Read-only way to a loopback Prometheus: four GET routes, known parameters only, 5 s, 16 MB an
 * answer.
 * Throws `NotLoopback` when `prometheusUrl` is on another machine.
 */
export function prometheusProxy(prometheusUrl: string): Hono {
  const base = loopbackOrigin(prometheusUrl)
  const app = new Hono()
  const pass = async (c: Context, path: string, input: z.ZodType<Record<string, unknown>>) => {
    const parameters = parametersOf(c, input)
    if (parameters instanceof URLSearchParams) {
      return forward(new URL(`/api/v1/${path}?${parameters}`, base), c.req.raw.signal)
    }
    return refuse(parameters)
  }
  app.get('/query', (c) => pass(c, 'query', queryInput))
  app.get('/query_range', (c) => pass(c, 'query_range', rangeInput))
  app.get('/series', (c) => pass(c, 'series', seriesInput.required({ 'match[]': true })))
  app.get('/label/:name/values', (c) => {
    const name = labelName.safeParse(c.req.param('name'))
    if (name.success) return pass(c, `label/${name.data}/values`, seriesInput)
    return refuse({
      errorType: 'bad-input',
      error: 'name: must be the name of a label',
      status: 400,
    })
  })
  return app
}

function loopbackOrigin(text: string): string {
  const { protocol, hostname, origin } = new URL(text)
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
  if (protocol === 'http:' && loopback) return origin
  throw new NotLoopback(`PROMETHEUS_URL must be http://127.0.0.1:PORT, not ${origin}`)
}

function parametersOf(
  c: Context,
  input: z.ZodType<Record<string, unknown>>,
): URLSearchParams | Refusal {
  const given = Object.entries(c.req.queries()).map(([key, values]) => {
    return [key, key.endsWith('[]') ? values : values[0]]
  })
  const parsed = input.safeParse(Object.fromEntries(given))
  if (parsed.success) return searchOf(parsed.data)
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') || 'parameters'
  return { errorType: 'bad-input', error: `${where}: ${issue?.message}`, status: 400 }
}

function searchOf(values: Record<string, unknown>): URLSearchParams {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) search.append(key, String(one))
    }
  }
  return search
}

/**
 * The answer as it is, or a refusal; redirects are not followed. The page's own abort ends it too.
 */
async function forward(url: URL, gone: AbortSignal): Promise<Response> {
  try {
    const signal = AbortSignal.any([gone, AbortSignal.timeout(deadlineMs)])
    const answer = await fetch(url, { signal, redirect: 'manual' })
    const json = answer.headers.get('content-type')?.startsWith('application/json') ?? false
    const body = await limitedBody(answer)
    if (body === null) {
      return refuse({ errorType: 'too-large', error: 'more than 16 MB', status: 502 })
    }
    if (!json) {
      const error = `status ${answer.status}, and not JSON: is this a Prometheus?`
      return refuse({ errorType: 'bad-answer', error, status: 502 })
    }
    return new Response(body, { status: answer.status, headers })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      return refuse({ errorType: 'timeout', error: `no answer in ${deadlineMs} ms`, status: 504 })
    }
    return refuse({
      errorType: 'unreachable',
      error: `nothing answers at ${url.origin}`,
      status: 502,
    })
  }
}

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }

/** The body, or null as soon as it is larger than allowed. */
async function limitedBody(answer: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength
    // Leaving the loop cancels the rest.
    if (bytes > answerBytesMax) return null
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function refuse({ status, ...problem }: Refusal): Response {
  return Response.json({ status: 'error', ...problem }, { status, headers })
}
