import type { Answer } from '../model/frames.ts'
import { intoQuery, type Values, withBuiltIns } from '../model/interpolate.ts'
import type { AskingPanel, Target } from '../model/panel-schema.ts'
import type { PrometheusClient } from '../model/prometheus-client.ts'
import { alignRange, stepFor, type TimeRange } from '../model/time-range.ts'

interface Asked {
  prometheus: PrometheusClient
  /** Of the board. */
  range: TimeRange
  values: Values
  scrapeMs: number
  widthPixels: number
}

export interface Answers {
  answers: Answer[]
  /** Aligned to the step. */
  range: TimeRange
  stepMs: number
}

/** Asks all of a panel's queries at once, with about one point a pixel. */
export async function ask(panel: AskingPanel, asked: Asked): Promise<Answers> {
  const { prometheus, range: whole, values, scrapeMs, widthPixels } = asked
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
