import type { AnnotationSource } from './board-schema.ts'
import { filledIn } from './frames.ts'
import { numberOf, type QueryResult, seriesIn } from './prometheus.ts'

/** Something that happened: a moment (both ends equal) or a stretch of time. */
export interface Band {
  source: string
  /** A colour name of the JSON. */
  colour: string
  fromMs: number
  toMs: number
  title: string
  text: string
  tags: string[]
}

type Labels = Record<string, string>

/**
 * An annotation query's answer as bands: samples above 0 that follow each other within `stepMs` are
 * one band; with `useValueForTime` each distinct value is a moment, in milliseconds. The same thing
 * told by several series is told once.
 */
export function bandsOf(source: AnnotationSource, result: QueryResult, stepMs: number): Band[] {
  const bands = seriesIn(result).flatMap(({ labels, samples }) => {
    const said = wordsOf(source, labels)
    const spans = source.useValueForTime ? moments(samples) : stretches(samples, stepMs)
    return spans.map(([fromMs, toMs]) => ({ ...said, fromMs, toMs }))
  })
  return withoutRepeats(bands)
}

function wordsOf(
  { name, iconColor, titleFormat, textFormat, tagKeys }: AnnotationSource,
  labels: Labels,
) {
  const keys = tagKeys.split(',').map((key) => key.trim())
  return {
    source: name,
    colour: iconColor,
    title: (titleFormat === '' ? '' : filledIn(titleFormat, labels)) || name,
    text: filledIn(textFormat, labels),
    tags: keys.flatMap((key) => (key !== '' && labels[key] ? [labels[key]] : [])),
  }
}

function moments(samples: readonly [number, string][]): [number, number][] {
  const times = new Set(samples.map(([, text]) => numberOf(text)))
  return [...times].filter((ms) => ms > 0 && Number.isFinite(ms)).map((ms) => [ms, ms])
}

function stretches(samples: readonly [number, string][], stepMs: number): [number, number][] {
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

/** Bands that say the same and touch become one; in order of time. */
function withoutRepeats(bands: Band[]): Band[] {
  const kept: Band[] = []
  for (const band of bands.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const same = kept.findLast((other) => sameWords(other, band))
    if (same && band.fromMs <= same.toMs) same.toMs = Math.max(same.toMs, band.toMs)
    else kept.push({ ...band })
  }
  return kept
}

const sameWords = (one: Band, other: Band) =>
  one.source === other.source &&
  one.title === other.title &&
  one.text === other.text &&
  one.tags.join() === other.tags.join()

/** Stretches in which a source has anything to say, each once, however many bands say it. */
export function unitedBySource(bands: readonly Band[]): Band[] {
  const united: Band[] = []
  for (const band of bands.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const open = united.findLast(({ source }) => source === band.source)
    if (open && band.fromMs <= open.toMs) open.toMs = Math.max(open.toMs, band.toMs)
    else united.push({ ...band })
  }
  return united
}

/** Bands under a moment, the moments among them within `nearMs`. */
export function bandsAt(bands: readonly Band[], ms: number, nearMs: number): Band[] {
  return bands.filter(({ fromMs, toMs }) => ms >= fromMs - nearMs && ms <= toMs + nearMs)
}
