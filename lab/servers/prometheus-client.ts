import { z } from 'zod'

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.looseObject({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]).optional(),
        histogram: z.unknown().optional(),
      }),
    ),
  }),
})

/** One series of an instant vector. */
export interface Sample {
  labels: Record<string, string>
  /** The value as Prometheus writes it, null for a native histogram. */
  value: string | null
}

/**
 * Asks a Prometheus for an instant vector.
 * @param query PromQL
 * @param atMs epoch ms; now when absent
 * @throws Error with what Prometheus says, or when it does not answer within 5 s
 */
export async function queryInstant(url: string, query: string, atMs?: number): Promise<Sample[]> {
  const parameters = new URLSearchParams({ query })
  if (atMs !== undefined) parameters.set('time', String(atMs / 1000))
  const response = await fetch(`${url}/api/v1/query?${parameters}`, {
    signal: AbortSignal.timeout(5000),
  })
  const body: unknown = await response.json()
  const parsed = answer.safeParse(body)
  if (!parsed.success) throw new Error(`${query}: ${JSON.stringify(body).slice(0, 300)}`)
  return parsed.data.data.result.map(({ metric, value }) => ({
    labels: metric,
    value: value?.[1] ?? null,
  }))
}
