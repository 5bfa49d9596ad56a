import { type Band, bandsOf } from '../model/annotation-bands.ts'
import type { AnnotationSource } from '../model/board-schema.ts'
import type { Answer } from '../model/frames.ts'
import { intoQuery, type Values, withBuiltIns } from '../model/interpolate.ts'
import type { AskingPanel, Target } from '../model/panel-schema.ts'
import type { PrometheusClient } from '../model/prometheus-client.ts'
import { alignRange, parseDuration, stepFor, type TimeRange } from '../model/time-range.ts'
import type { UrlState } from '../model/url-state.ts'

/** Annotations are read this finely at most, whatever the width of a panel. */
const pointsMax = 2000

/** What a round asks with, whichever panel or annotation it is for. */
export interface Asked {
  prometheus: PrometheusClient
  /** Of the board. */
  range: TimeRange
  values: Values
  scrapeMs: number
}

/** Asks for all sources of annotations at once. */
export async function annotationsIn(
  sources: readonly AnnotationSource[],
  { prometheus, range, values, scrapeMs }: Asked,
): Promise<Band[]> {
  const found = sources.map(async (source) => {
    const stepMs = stepFor(range, pointsMax, Math.max(parseDuration(source.step) ?? 0, scrapeMs))
    const query = intoQuery(source.expr, withBuiltIns(values, range, stepMs, scrapeMs))
    return bandsOf(source, await prometheus.range(query, range, stepMs), stepMs)
  })
  return (await Promise.all(found)).flat()
}

/** The address holds the sources that stand otherwise than the board's JSON says. */
export const isOn = (
  { turnedAnnotations }: Pick<UrlState, 'turnedAnnotations'>,
  { name, enable }: AnnotationSource,
): boolean => enable !== turnedAnnotations.has(name)

export interface Answers {
  answers: Answer[]
  /** Aligned to the step. */
  range: TimeRange
  stepMs: number
}

/** Asks all of a panel's queries at once, with about one point a pixel. */
export async function ask(
  panel: AskingPanel,
  { prometheus, range: whole, values, scrapeMs }: Asked,
  widthPixels: number,
): Promise<Answers> {
  const stepMs = stepFor(whole, widthPixels, scrapeMs)
  const range = alignRange(whole, stepMs)
  const filled = withBuiltIns(values, whole, stepMs, scrapeMs)
  const targets: Target[] = panel.targets
  const answers = targets.map(async (target) => {
    const expr = intoQuery(target.expr, filled)
    const result = target.instant
      ? await prometheus.instant(expr, range.toMs)
      : await prometheus.range(expr, range, stepMs)
    return { target, result }
  })
  return { answers: await Promise.all(answers), range, stepMs }
}
