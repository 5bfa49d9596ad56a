import { formatDuration, type TimeRange } from './time-range.ts'

/** A variable's value: what it stands for now, and how it may be written into a query. */
export interface VariableValue {
  /** Chosen values, `All` already spelled out. */
  values: string[]
  /** What a person reads: `before + after`, `All`. */
  text: string
  /** Several may be chosen: written as a regular expression into queries. */
  multiple: boolean
  /** Stands for `All` as it is, unescaped. */
  allValue: string | null
}

export type Values = ReadonlyMap<string, VariableValue>

/** A value that is only itself. */
export const constant = (value: string): VariableValue => ({
  values: [value],
  text: value,
  multiple: false,
  allValue: null,
})

const reference = /\$(?:(\w+)|\{(\w+)\})/g

/** Names of the variables in a text, built-in ones (`__rate_interval`) included. */
export const referencesIn = (text: string): string[] =>
  [...text.matchAll(reference)].map(([, plain, braced]) => plain ?? braced ?? '')

/** Variables into a query: escaped for a PromQL string, several as `(a|b)`; unknown names stay. */
export const intoQuery = (text: string, values: Values): string => replaced(text, values, promql)

/** Variables into a title or a text: as a person reads the choice; unknown names stay. */
export const intoText = (text: string, values: Values): string =>
  replaced(text, values, (value) => value.text)

const replaced = (text: string, values: Values, written: (value: VariableValue) => string) =>
  text.replace(reference, (whole, plain, braced) => {
    const value = values.get(plain ?? braced)
    return value ? written(value) : whole
  })

/** As in Grafana, only variables that may hold several are patterns; All of nothing is anything. */
function promql({ values, multiple, allValue }: VariableValue): string {
  if (allValue !== null) return allValue
  if (!multiple) return escapeString(values[0] ?? '')
  const patterns = values.map((one) => escapeString(escapeRegex(one)))
  if (patterns.length === 0) return '.*'
  return patterns.length === 1 ? (patterns[0] ?? '') : `(${patterns.join('|')})`
}

const escapeRegex = (text: string) => text.replace(/[\\^$*+?.()|[\]{}]/g, '\\$&')

/** For text between double quotes of PromQL. */
const escapeString = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')

/** The board's variables and built-in ones: as in Grafana a rate is over four scrapes at least. */
export function withBuiltIns(
  values: Values,
  { fromMs, toMs }: TimeRange,
  stepMs: number,
  scrapeMs: number,
): Values {
  const rangeMs = Math.round((toMs - fromMs) / 1000) * 1000 || 1000
  return new Map([
    ...values,
    ['__rate_interval', constant(formatDuration(Math.max(stepMs + scrapeMs, 4 * scrapeMs)))],
    ['__range', constant(formatDuration(rangeMs))],
  ])
}

const otherReference = /\$\{\w+[:.][^}]*\}|\[\[\w+(?::\w+)?\]\]|\$__(?!rate_interval\b|range\b)\w+/g

/** What Grafana would fill in and this viewer does not: formats, `[[name]]`, other built-ins. */
export const unsupportedReferences = (text: string): string[] => text.match(otherReference) ?? []
