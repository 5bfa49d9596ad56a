/** Times of a board as its URL has them: `now-15m`, or milliseconds since 1970. */
export interface RawRange {
  from: string
  to: string
}

export interface TimeRange {
  fromMs: number
  toMs: number
}

const unitMs: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `15m`, `1.5h`, `500ms` in milliseconds; null when it is none. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim())
  const unit = unitMs[match?.[2] ?? '']
  return match && unit ? Number(match[1]) * unit : null
}

/** Prometheus' form of a duration: `90s`, `250ms`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(1, Math.round(ms))
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`
}

/** One end of a range: `now`, `now-15m`, milliseconds, or an ISO date; null when it is none. */
export function parseInstant(text: string, nowMs: number): number | null {
  if (text === 'now') return nowMs
  const relative = /^now([+-])(.+)$/.exec(text)
  if (relative) {
    const ms = parseDuration(relative[2] ?? '')
    return ms === null ? null : nowMs + (relative[1] === '-' ? -ms : ms)
  }
  if (/^\d{10,16}$/.test(text)) return Number(text)
  const parsed = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(parsed) ? null : parsed
}

/** In milliseconds; null when an end cannot be read or the ends are the wrong way round. */
export function resolveRange({ from, to }: RawRange, nowMs: number): TimeRange | null {
  const fromMs = parseInstant(from, nowMs)
  const toMs = parseInstant(to, nowMs)
  return fromMs === null || toMs === null || toMs <= fromMs ? null : { fromMs, toMs }
}

/** `now-15m` to `now` = 900,000 ms that follow the clock; null for ranges that stand still. */
export function followedMs({ from, to }: RawRange): number | null {
  return to === 'now' && from.startsWith('now-') ? parseDuration(from.slice(4)) : null
}

const absolute = (fromMs: number, toMs: number): RawRange => ({
  from: String(Math.round(fromMs)),
  to: String(Math.round(toMs)),
})

/** Half a window earlier (-1) or later (+1); one that would reach past now follows the clock. */
export function shiftRange(range: TimeRange, direction: -1 | 1, nowMs: number): RawRange {
  const widthMs = range.toMs - range.fromMs
  const byMs = (widthMs / 2) * direction
  if (range.toMs + byMs >= nowMs) return { from: `now-${formatDuration(widthMs)}`, to: 'now' }
  return absolute(range.fromMs + byMs, range.toMs + byMs)
}

/** Twice (2) or half (0.5) as wide, from 10 s to 30 days; a live window stays live. */
export function zoomRange(
  raw: RawRange,
  range: TimeRange,
  factor: number,
  nowMs: number,
): RawRange {
  const followed = followedMs(raw)
  const wanted = (followed ?? range.toMs - range.fromMs) * factor
  const widthMs = Math.min(Math.max(wanted, 10_000), 30 * 86_400_000)
  if (followed !== null) return { from: `now-${formatDuration(widthMs)}`, to: 'now' }
  const middleMs = (range.fromMs + range.toMs) / 2
  const toMs = Math.min(middleMs + widthMs / 2, nowMs)
  return absolute(toMs - widthMs, toMs)
}

const stepsSeconds = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800,
  21_600, 43_200, 86_400,
]

/** Prometheus refuses more points than this in a series. */
const pointsMax = 11_000

/** Milliseconds between points: about one point a pixel, no finer than `minMs`. */
export function stepFor(range: TimeRange, widthPixels: number, minMs: number): number {
  const widthMs = range.toMs - range.fromMs
  const wanted = Math.max(widthMs / Math.max(widthPixels, 50), widthMs / pointsMax, minMs)
  const step = stepsSeconds.find((seconds) => seconds * 1000 >= wanted * 0.999)
  return step === undefined ? Math.ceil(wanted / 86_400_000) * 86_400_000 : step * 1000
}

/** Ends on multiples of the step, so that a refresh asks for the same instants again. */
export function alignRange(range: TimeRange, stepMs: number): TimeRange {
  return {
    fromMs: Math.floor(range.fromMs / stepMs) * stepMs,
    toMs: Math.floor(range.toMs / stepMs) * stepMs,
  }
}
