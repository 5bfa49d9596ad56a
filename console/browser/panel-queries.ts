import { withBuiltIns } from '../model/built-ins.ts'
import type { Answer } from '../model/frames.ts'
import { interpolate, type Values } from '../model/interpolate.ts'
import type { KnownKind, PanelOf, Target } from '../model/panel-schema.ts'
import { alignRange, parseDuration, stepFor, type TimeRange } from '../model/time-range.ts'
import type { Round } from './api.ts'

/** What the kinds of panel have in common. */
type Panel = Omit<PanelOf<KnownKind>, 'options'>

/** The times a panel asks for, and the variables as its queries see them. */
export interface Asking {
  range: TimeRange
  stepMs: number
  values: Values
}

/** A panel's own time, if it has one, and a step of about one point a pixel. */
export function askingOf(
  panel: Panel,
  board: TimeRange,
  variables: Values,
  widthPixels: number,
  scrapeMs: number,
): Asking {
  const own = ownRange(panel, board)
  const leastMs = [panel.interval ?? '', ...panel.targets.map(({ interval }) => interval)]
    .map((text) => parseDuration(interpolate(text, variables).replace(/^>/, '')) ?? 0)
    .reduce((a, b) => Math.max(a, b), scrapeMs)
  const pixels = Math.min(widthPixels, panel.maxDataPoints ?? widthPixels)
  const stepMs = stepFor(own, pixels, leastMs)
  const range = alignRange(own, stepMs)
  return { range, stepMs, values: withBuiltIns(variables, own, stepMs, scrapeMs) }
}

/** `timeFrom` is the panel's own width, `timeShift` moves it into the past. */
function ownRange({ timeFrom, timeShift }: Panel, board: TimeRange): TimeRange {
  const shiftMs = parseDuration(timeShift ?? '') ?? 0
  const widthMs = parseDuration((timeFrom ?? '').replace(/^now-/, ''))
  const toMs = board.toMs - shiftMs
  return { fromMs: widthMs === null ? board.fromMs - shiftMs : toMs - widthMs, toMs }
}

/** True for panels whose time is not the board's. */
export const hasOwnTime = ({ timeFrom, timeShift }: Panel): boolean =>
  Boolean(timeFrom || timeShift)

/** Asks all of a panel's queries at once. */
export function ask(
  panel: Panel,
  round: Round,
  { range, stepMs, values }: Asking,
): Promise<Answer[]> {
  const targets = panel.targets.filter(({ hide }) => !hide)
  return Promise.all(
    targets.map(async (target) => {
      const expr = interpolate(target.expr, values, true)
      const result = isInstant(panel.kind, target)
        ? await round.instant(expr, range.toMs)
        : await round.range(expr, range, stepMs)
      return { target: withText(target, values), result }
    }),
  )
}

const isInstant = (kind: KnownKind, { instant, range }: Target) =>
  kind === 'table' || (instant && range !== true)

const withText = (target: Target, values: Values): Target => ({
  ...target,
  legendFormat: interpolate(target.legendFormat, values),
})
