import { type Band, bandsOf } from '../model/annotation-bands.ts'
import type { AnnotationSource } from '../model/board-schema.ts'
import { withBuiltIns } from '../model/built-ins.ts'
import { interpolate } from '../model/interpolate.ts'
import { alignRange, parseDuration, stepFor, type TimeRange } from '../model/time-range.ts'
import { type Round, Trouble } from './api.ts'
import type { PanelHandle } from './panel.ts'
import { rawRangeOf, type Session, tellBanner } from './session.ts'
import { isOn } from './toolbar.ts'
import { valuesOf } from './variables.ts'

/** Annotations are read this finely at most, whatever the width of a panel. */
const annotationPoints = 2000

/** Asks for what some panels show and for the annotations, all at once. */
export async function askFor(
  session: Session,
  panels: readonly PanelHandle[],
  round: Round,
  range: TimeRange,
): Promise<void> {
  const { board, scrapeMs } = session
  const sources = board.annotations.filter(({ name, enable }) => isOn(session.state, name, enable))
  const annotations = annotationsOf(session, sources, round, range).catch((error: unknown) => {
    // A failing annotation says so above the panels and does not keep them from being drawn.
    if (error instanceof Trouble) tellBanner(session, error)
    return []
  })
  const shared = {
    lanes: sources.map(({ name }) => name),
    utc: board.timezone === 'utc',
    onZoom: ({ fromMs, toMs }: TimeRange) => {
      session.change({ range: { from: String(fromMs), to: String(toMs) } })
    },
    onReset: () => {
      if (session.state.range !== null && rawRangeOf(session).to !== 'now') history.back()
    },
  }
  const refresh = { round, range, scrapeMs, annotations, shared }
  await Promise.all(panels.map((panel) => panel.refresh(refresh)))
}

async function annotationsOf(
  { resolved, scrapeMs }: Session,
  sources: readonly AnnotationSource[],
  round: Round,
  range: TimeRange,
): Promise<Band[]> {
  const found = await Promise.all(
    sources.map(async (source) => {
      const leastMs = Math.max(parseDuration(source.step) ?? 0, scrapeMs)
      const stepMs = stepFor(range, annotationPoints, leastMs)
      const values = withBuiltIns(valuesOf(resolved), range, stepMs, scrapeMs)
      const expr = interpolate(source.expr, values, true)
      const result = await round.range(expr, alignRange(range, stepMs), stepMs)
      return bandsOf(source, result, stepMs)
    }),
  )
  return found.flat()
}
