import type { Answer } from '../model/frames.ts'
import { intoQuery, withBuiltIns } from '../model/interpolate.ts'
import type { AskingPanel, Target } from '../model/panel-schema.ts'
import { alignRange, stepFor, type TimeRange } from '../model/time-range.ts'
import type { Asked } from './annotations.ts'

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
