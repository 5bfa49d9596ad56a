/** What Prometheus' HTTP API answers a query with, under `data`. */
export type QueryResult =
  | { resultType: 'matrix'; result: { metric: Labels; values?: Sample[] }[] }
  | { resultType: 'vector'; result: { metric: Labels; value?: Sample }[] }
  | { resultType: 'scalar'; result: Sample }

type Labels = Record<string, string>

/** Seconds since 1970 and the value, as Prometheus writes it. */
export type Sample = [number, string]

export interface LabelledSamples {
  labels: Labels
  samples: Sample[]
}

/** Any answer as series. Native histograms come without values and cannot be lines: left out. */
export function seriesIn(result: QueryResult): LabelledSamples[] {
  if (result.resultType === 'scalar') return [{ labels: {}, samples: [result.result] }]
  const found: { metric: Labels; value?: Sample; values?: Sample[] }[] = result.result
  return found.flatMap(({ metric, value, values = value && [value] }) =>
    values ? [{ labels: metric, samples: values }] : [],
  )
}

/** A sample's number: `NaN` says "unknown" in some metrics, so it stays; infinities too. */
export function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text)
}

/** What a scale can show; null for the rest. */
export const drawable = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null

/** A series with its last value as Prometheus writes it. */
export interface LastValue {
  labels: Labels
  value: string
}

/** Every series of an answer with its last value; the last that is not NaN when it has several. */
export const lastValues = (result: QueryResult): LastValue[] =>
  seriesIn(result).flatMap(({ labels, samples }) => {
    const isLine = result.resultType === 'matrix'
    // A line of nothing but NaN draws nothing.
    const last = isLine ? samples.findLast(([, text]) => text !== 'NaN') : samples[0]
    return last ? [{ labels, value: last[1] }] : []
  })
