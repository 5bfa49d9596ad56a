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

const reference = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::([^}]+))?\}/g

/**
 * Writes variables into a text: `$name`, `${name}`, `${name:format}`, `[[name]]`; names that are
 * unknown stay. `forQuery` escapes values for a PromQL string, several of them as `(a|b)`.
 */
export function interpolate(text: string, values: Values, forQuery = false): string {
  return text.replace(reference, (whole, plain, square, squareFormat, curly, curlyFormat) => {
    const value = values.get(plain ?? square ?? curly)
    if (!value) return whole
    return written(value, squareFormat ?? curlyFormat ?? (forQuery ? 'promql' : 'text'))
  })
}

function written(value: VariableValue, format: string): string {
  const { values, allValue } = value
  if (allValue !== null && format !== 'text') return allValue
  switch (format) {
    case 'text':
      return value.text
    case 'raw':
    case 'csv':
      return values.join(',')
    case 'pipe':
      return values.join('|')
    case 'regex':
      return alternatives(values.map(escapeRegex))
    case 'doublequote':
      return values.map((one) => JSON.stringify(one)).join(',')
    case 'singlequote':
      return values.map((one) => `'${one.replaceAll("'", "\\'")}'`).join(',')
    case 'percentencode':
      return values.map(encodeURIComponent).join(',')
    case 'queryparam':
      return values.map(encodeURIComponent).join('&')
    default:
      return promql(value)
  }
}

/**
 * As Grafana's Prometheus data source does it: only variables that may hold several are patterns.
 */
function promql({ values, multiple }: VariableValue): string {
  if (!multiple) return escapeString(values[0] ?? '')
  return alternatives(values.map((one) => escapeString(escapeRegex(one))))
}

/** All of nothing matches anything, so that a board without data still asks a sound question. */
const alternatives = (values: string[]) =>
  values.length === 0 ? '.*' : values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`

const escapeRegex = (text: string) => text.replace(/[\\^$*+?.()|[\]{}]/g, '\\$&')

/** For text between double quotes of PromQL. */
const escapeString = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')

/** A value that is only itself: `$__interval` and the like. */
export const constant = (value: string): VariableValue => ({
  values: [value],
  text: value,
  multiple: false,
  allValue: null,
})
