import type { FieldConfig, FieldSettings } from './field-schema.ts'
import type { Target } from './panel-schema.ts'
import { numberOf, type QueryResult, seriesIn } from './prometheus.ts'
import type { TimeRange } from './time-range.ts'

/** One line of a panel. */
export interface Series {
  name: string
  refId: string
  labels: Record<string, string>
  /** One value for each of the frame's times; null where Prometheus had none. */
  values: (number | null)[]
  settings: FieldSettings
}

/** A panel's data on one time axis. */
export interface Frame {
  /** Seconds since 1970, evenly spaced. */
  times: number[]
  series: Series[]
}

export interface Answer {
  target: Target
  result: QueryResult
}

/** The answers of a panel's queries as one frame: times from `range` by `stepMs`, gaps as null. */
export function frameOf(
  answers: readonly Answer[],
  fields: FieldConfig,
  range: TimeRange,
  stepMs: number,
): Frame {
  const count = Math.floor((range.toMs - range.fromMs) / stepMs) + 1
  const times = Array.from({ length: count }, (_, at) => (range.fromMs + at * stepMs) / 1000)
  const series = answers.flatMap(({ target, result }) => {
    const found = seriesIn(result)
    const names = namesOf(
      found.map(({ labels }) => labels),
      target,
    )
    return found.map(({ labels, samples }, index) => {
      const values: (number | null)[] = new Array(count).fill(null)
      for (const [seconds, text] of samples) {
        const at = Math.round((seconds * 1000 - range.fromMs) / stepMs)
        if (at >= 0 && at < count) values[at] = numberOf(text)
      }
      return { refId: target.refId, labels, values, name: names[index] ?? target.refId }
    })
  })
  return { times, series: series.map((one) => withSettings(one, fields)) }
}

/** Names for a legend: the target's format, else the labels in which the series differ. */
export function namesOf(labels: readonly Record<string, string>[], target: Target): string[] {
  const format = target.legendFormat
  if (format !== '' && format !== '__auto') {
    return labels.map((own) => filledIn(format, own) || seriesText(own) || format)
  }
  const keys = [...new Set(labels.flatMap(Object.keys))].filter((key) => key !== '__name__')
  const differing = keys.filter((key) => new Set(labels.map((own) => own[key])).size > 1)
  return labels.map((own) => {
    const text = differing
      .map((key) => own[key] ?? '')
      .join(' ')
      .trim()
    return text || own.__name__ || seriesText(own) || 'value'
  })
}

/** `{{label}}` of a legend, title or text. */
export function filledIn(format: string, labels: Record<string, string>): string {
  return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => labels[name] ?? '')
}

function seriesText({ __name__ = '', ...labels }: Record<string, string>): string {
  const inside = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  return inside.length === 0 ? __name__ : `${__name__}{${inside.join(', ')}}`
}

function withSettings(series: Omit<Series, 'settings'>, fields: FieldConfig): Series {
  const settings = settingsFor(fields, { ...series, kind: 'number' })
  const name = settings.displayName ? displayed(settings.displayName, series) : series.name
  return { ...series, name, settings }
}

const displayed = (format: string, { name, labels }: Pick<Series, 'name' | 'labels'>) =>
  format.replace(/\$\{__(?:field|series)\.(?:labels\.(\w+)|(?:displayN|n)ame)\}/g, (_, label) =>
    label === undefined ? name : (labels[label] ?? ''),
  )

export interface FieldIdentity {
  name: string
  refId: string
  kind: 'number' | 'string' | 'time'
}

/** A field's settings: the panel's defaults under every override whose matcher fits, in order. */
export function settingsFor(fields: FieldConfig, field: FieldIdentity): FieldSettings {
  let settings = fields.defaults
  for (const { matcher, patch } of fields.overrides) {
    if (!fits(matcher, field)) continue
    const custom = { ...settings.custom, ...patch.custom }
    settings = { ...settings, ...patch, custom }
  }
  return settings
}

function fits(matcher: { id: string; options?: unknown }, field: FieldIdentity): boolean {
  const { id, options } = matcher
  if (id === 'byName') return options === field.name
  if (id === 'byRegexp') return typeof options === 'string' && patternOf(options).test(field.name)
  if (id === 'byFrameRefID') return options === field.refId
  if (id === 'byType') return options === field.kind
  return (
    id === 'byNames' && Array.isArray(namesIn(options)) && namesIn(options).includes(field.name)
  )
}

function namesIn(options: unknown): unknown[] {
  if (typeof options !== 'object' || options === null || !('names' in options)) return []
  return Array.isArray(options.names) ? options.names : []
}

/** `/before.*\/i` or `before.*`; a pattern that is none matches nothing. */
export function patternOf(text: string): RegExp {
  const match = /^\/(.*)\/([a-z]*)$/s.exec(text)
  try {
    return new RegExp(match?.[1] ?? text, match?.[2]?.replace('g', '') ?? '')
  } catch {
    return /$^/
  }
}
