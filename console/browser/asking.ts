import { type Band, bandsOf } from '../model/annotation-bands.ts'
import type { AnnotationSource } from '../model/board-schema.ts'
import { intoQuery, withBuiltIns } from '../model/interpolate.ts'
import type { PrometheusClient } from '../model/prometheus-client.ts'
import { parseDuration, stepFor, type TimeRange } from '../model/time-range.ts'
import type { PanelView } from './panel.ts'
import { requestErrorOf } from './request-error.ts'
import { rawRangeOf, type Session, showBanner } from './session.ts'
import { isOn } from './toolbar.ts'
import { valuesOf } from './variables.ts'

/** Annotations are read this finely at most, whatever the width of a panel. */
const annotationPoints = 2000

/** Asks for what some panels show and for the annotations, all at once. */
export async function askFor(
  session: Session,
  panels: readonly PanelView[],
  prometheus: PrometheusClient,
  range: TimeRange,
): Promise<void> {
  const { board, scrapeMs, rounds } = session
  const sources = board.annotations.filter(({ name, enable }) => isOn(session.state, name, enable))
  const annotations = Promise.all(
    sources.map((source) => bandsFrom(source, session, prometheus, range)),
  ).catch((error: unknown) => {
    // A failing annotation says so above the panels and does not keep them from being drawn.
    if (!rounds.signal.aborted) showBanner(session, requestErrorOf(error))
    return []
  })
  const shared = {
    lanes: sources.map(({ name }) => name),
    onZoom: ({ fromMs, toMs }: TimeRange) => {
      session.change({ range: { from: String(fromMs), to: String(toMs) } })
    },
    onReset: () => {
      if (session.state.range !== null && rawRangeOf(session).to !== 'now') history.back()
    },
  }
  const bands = annotations.then((found) => found.flat())
  const refresh = {
    ...{ prometheus, range, scrapeMs, annotations: bands, shared },
    values: valuesOf(session.resolved),
  }
  await Promise.all(panels.map((panel) => panel.refresh(refresh)))
}

async function bandsFrom(
  source: AnnotationSource,
  { resolved, scrapeMs }: Session,
  prometheus: PrometheusClient,
  range: TimeRange,
): Promise<Band[]> {
  const leastMs = Math.max(parseDuration(source.step) ?? 0, scrapeMs)
  const stepMs = stepFor(range, annotationPoints, leastMs)
  const values = withBuiltIns(valuesOf(resolved), range, stepMs, scrapeMs)
  const result = await prometheus.range(intoQuery(source.expr, values), range, stepMs)
  return bandsOf(source, result, stepMs)
}
