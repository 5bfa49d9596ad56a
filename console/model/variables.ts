import type { Board, QueryVariable } from './board-schema.ts'
import { intoQuery, type Values, type VariableValue } from './interpolate.ts'
import { labelValuesIn } from './label-values.ts'
import type { PrometheusClient } from './prometheus-client.ts'
import type { TimeRange } from './time-range.ts'

export const allToken = '$__all'

/** A variable with what may be chosen and what is. */
export interface Resolved {
  variable: QueryVariable
  options: string[]
  /** May hold `$__all`. */
  chosen: string[]
  value: VariableValue
  /** A chosen value that Prometheus does not know (any more). */
  unknownValue: string | null
}

/** All variables of a board in order: a later one may use the earlier ones in its query. */
export async function resolveVariables(
  board: Board,
  fromUrl: ReadonlyMap<string, string[]>,
  prometheus: PrometheusClient,
  range: TimeRange,
  allText: string,
): Promise<Resolved[]> {
  const values = new Map<string, VariableValue>()
  const resolved: Resolved[] = []
  for (const variable of board.variables) {
    if (variable.type === 'datasource') continue
    const { selector, label } = labelValuesIn(intoQuery(variable.query, values))
    const options = await prometheus.labelValues(label, selector, range)
    options.sort((a, b) => a.localeCompare(b, 'en', { numeric: true, sensitivity: 'base' }))
    if (variable.sort === 8) options.reverse()
    const one = choose(variable, options, fromUrl.get(variable.name), allText)
    values.set(variable.name, one.value)
    resolved.push(one)
  }
  return resolved
}

export const valuesOf = (resolved: readonly Resolved[]): Values =>
  new Map(resolved.map(({ variable, value }) => [variable.name, value]))

function choose(
  variable: QueryVariable,
  options: string[],
  asked: string[] | undefined,
  allText: string,
): Resolved {
  const { current, includeAll, multi, allValue } = variable
  const offered = (value: string) => options.includes(value) || (value === allToken && includeAll)
  const own = [current.value ?? []].flat().filter(offered)
  const first = includeAll ? allToken : (options[0] ?? '')
  const chosen = asked && asked.length > 0 ? asked : own.length > 0 ? own : [first]
  const isAll = chosen.includes(allToken)
  const values = isAll ? options : chosen
  return {
    variable,
    options,
    chosen,
    unknownValue: chosen.find((value) => value !== '' && !offered(value)) ?? null,
    value: {
      values,
      text: isAll ? allText : values.join(' + '),
      multiple: multi || includeAll,
      allValue: isAll ? allValue : null,
    },
  }
}
