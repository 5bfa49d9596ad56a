import { z } from 'zod'
import { exitCodes, UserError } from '../../lab/user-error.ts'

/** One series of an answer; the last of its values, as Prometheus writes it (`'NaN'` included). */
export interface Series {
  labels: Record<string, string>
  last: string
}

/** An answer, or what Prometheus had against the question. */
export type Answer = { series: Series[] } | { error: string }

export interface Span {
  /** Epoch seconds. */
  from: number
  to: number
}

export interface Prometheus {
  url: string
  /** The value at one moment. */
  at(expr: string, time: number): Promise<Answer>
  /** The values of each second of a span; series that are a number at any of them. */
  over(expr: string, span: Span): Promise<Answer>
  /** Values that a label has among the series of a selector. */
  labelValues(selector: string, label: string, span: Span): Promise<string[]>
}

const answerMsMax = 30_000
/** Prometheus refuses more than 11,000 points a series. */
const pointsMax = 3_600

const value = z.tuple([z.number(), z.string()])
const labels = z.record(z.string(), z.string())
const vector = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: labels, value })),
})
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(value).default([]) })),
})
const single = z.object({ resultType: z.literal('scalar'), result: value })
const success = z.object({ status: z.literal('success'), data: z.unknown() })
const failure = z.object({ status: z.literal('error'), error: z.string() })

/**
 * A Prometheus that answers.
 * @throws UserError (exit 3) that says how to have one, when it does not
 */
export async function openPrometheus(url: string): Promise<Prometheus> {
  const ask = (path: string, fields: Record<string, string>) => request(url, path, fields)
  const ready = await ask('query', { query: 'vector(1)' })
  if ('error' in ready) throw unreachable(url, ready.error)
  return {
    url,
    at: async (expr, time) => answerOf(await ask('query', { query: expr, time: String(time) })),
    over: async (expr, { from, to }) => {
      const step = String(Math.max(1, Math.ceil((to - from) / pointsMax)))
      const fields = { query: expr, start: String(from), end: String(to), step }
      return answerOf(await ask('query_range', fields))
    },
    labelValues: async (selector, label, { from, to }) => {
      const fields = { 'match[]': selector, start: String(from), end: String(to) }
      const reply = await request(url, `label/${label}/values`, fields, 'GET')
      if ('error' in reply) throw unreachable(url, reply.error)
      return z.array(z.string()).parse(reply.data)
    },
  }
}

type Reply = { data: unknown } | { error: string }

async function request(
  url: string,
  path: string,
  fields: Record<string, string>,
  method: 'GET' | 'POST' = 'POST',
): Promise<Reply> {
  const body = new URLSearchParams(fields)
  const address = `${url}/api/v1/${path}${method === 'GET' ? `?${body}` : ''}`
  const response = await fetch(address, {
    method,
    signal: AbortSignal.timeout(answerMsMax),
    ...(method === 'POST' ? { body } : {}),
  }).catch((error: Error) => {
    throw unreachable(url, error.message)
  })
  const json = await response.json().catch(() => null)
  const good = success.safeParse(json)
  if (good.success) return { data: good.data.data }
  const bad = failure.safeParse(json)
  if (bad.success) return { error: bad.data.error }
  throw unreachable(url, `status ${response.status} and no answer of a Prometheus`)
}

function answerOf(reply: Reply): Answer {
  if ('error' in reply) return reply
  const parsed = z.discriminatedUnion('resultType', [vector, matrix, single]).parse(reply.data)
  if (parsed.resultType === 'scalar') return { series: [{ labels: {}, last: parsed.result[1] }] }
  if (parsed.resultType === 'vector') {
    return { series: parsed.result.map((one) => ({ labels: one.metric, last: one.value[1] })) }
  }
  // A line of nothing but NaN draws nothing.
  const series = parsed.result.flatMap(({ metric, values }) => {
    const last = values.findLast(([, text]) => text !== 'NaN')?.[1]
    return last === undefined ? [] : [{ labels: metric, last }]
  })
  return { series }
}

function unreachable(url: string, why: string): UserError {
  return new UserError(
    `no Prometheus answers at ${url}: ${why}\n` +
      '  start one with ./stampede up, or name yours: --prometheus http://127.0.0.1:9090',
    exitCodes.untrusted,
  )
}
