/** What a template variable stands for: one value, or several that are joined as a regex. */
export type Values = Record<string, string | string[]>

const variable = /\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g

/** Names of the variables in a text, built-in ones (`__rate_interval`) included. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(variable)].map((match) => match[1] ?? match[2] ?? '')
}

/**
 * Fills in `$name` and `${name}` as Grafana does for Prometheus; what is not in `values` stays.
 * Several values become `(a|b)`, one stays as it is.
 */
export function substitute(text: string, values: Values): string {
  return text.replaceAll(variable, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? ''
    if (!Object.hasOwn(values, name)) return whole
    const value = values[name] ?? ''
    if (typeof value === 'string') return value
    return value.length === 1 ? escaped(value[0] ?? '') : `(${value.map(escaped).join('|')})`
  })
}

const escaped = (value: string) => value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\\\$&')

/** What Grafana fills in by itself: Prometheus reads each second, so a rate is over four reads. */
export const builtIns = { __rate_interval: '4s', __range: '1h' }
