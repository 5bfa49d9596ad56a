import type { AnnotationSource } from './board-schema.ts'
import { withLabels } from './frames.ts'
import { numberOf, type QueryResult, type Sample, seriesIn } from './prometheus.ts'

/** Something that happened: a moment (both ends equal) or a stretch of time. */
export interface Band {
  source: string
  /** A colour name of the JSON. */
  colour: string
  fromMs: number
  toMs: number
  title: string
  text: string
}

/** A query's answer as bands: samples above 0 within `stepMs` of each other, alike ones merged. */
export function bandsOf(source: AnnotationSource, result: QueryResult, stepMs: number): Band[] {
  const { name, iconColor, titleFormat, textFormat } = source
  const bands = seriesIn(result).flatMap(({ labels, samples }) =>
    stretches(samples, stepMs).map(([fromMs, toMs]) => ({
      source: name,
      colour: iconColor,
      title: withLabels(titleFormat, labels) || name,
      text: withLabels(textFormat, labels),
      fromMs,
      toMs,
    })),
  )
  return united(bands, ({ source, title, text }) => [source, title, text].join('\n'))
}

function stretches(samples: readonly Sample[], stepMs: number): [number, number][] {
  const spans: [number, number][] = []
  for (const [seconds, text] of samples) {
    if (!(numberOf(text) > 0)) continue
    const ms = Math.round(seconds * 1000)
    const open = spans.at(-1)
    if (open && ms - open[1] <= stepMs * 1.01) open[1] = ms
    else spans.push([ms, ms])
  }
  return spans
}

/** Stretches in which a source has anything to say, each once, however many bands say it. */
export const unitedBySource = (bands: readonly Band[]): Band[] =>
  united(bands, ({ source }) => source)

/** Bands of one key that touch become one; in order of time. */
function united(bands: readonly Band[], keyOf: (band: Band) => string): Band[] {
  const kept: Band[] = []
  const lastOf = new Map<string, Band>()
  for (const band of bands.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const open = lastOf.get(keyOf(band))
    if (open && band.fromMs <= open.toMs) {
      open.toMs = Math.max(open.toMs, band.toMs)
      continue
    }
    const copy = { ...band }
    lastOf.set(keyOf(band), copy)
    kept.push(copy)
  }
  return kept
}

/** Bands under a moment, the moments among them within `nearMs`. */
export function bandsAt(bands: readonly Band[], ms: number, nearMs: number): Band[] {
  return bands.filter(({ fromMs, toMs }) => ms >= fromMs - nearMs && ms <= toMs + nearMs)
}
