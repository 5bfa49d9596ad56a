import type { BoardView, Variable } from '../model/board-schema.ts'
import { patternOf } from '../model/frames.ts'
import { interpolate, type Values, type VariableValue } from '../model/interpolate.ts'
import { seriesIn } from '../model/prometheus.ts'
import type { TimeRange } from '../model/time-range.ts'
import type { Round } from './api.ts'

export const allToken = '$__all'

export interface Option {
  text: string
  value: string
}

/** A variable with what may be chosen and what is. */
export interface Resolved {
  variable: Variable
  options: Option[]
  /** May hold `$__all`. */
  chosen: string[]
  value: VariableValue
  /** A chosen value that Prometheus does not know (any more). */
  unknownValue: string | null
}

/** Kinds that this viewer can resolve. */
const kinds = ['query', 'custom', 'interval', 'constant', 'textbox', 'datasource']
export const isKnownKind = (variable: Variable): boolean => kinds.includes(variable.type)

/** All variables of a board in order: a later one may use the earlier ones in its query. */
export async function resolveVariables(
  board: BoardView,
  fromUrl: ReadonlyMap<string, string[]>,
  round: Round,
  range: TimeRange,
  allText: string,
): Promise<Resolved[]> {
  const values = new Map<string, VariableValue>()
  const resolved: Resolved[] = []
  for (const variable of board.variables.filter(isKnownKind)) {
    const options = await optionsOf(variable, values, round, range)
    const one = choose(variable, options, fromUrl.get(variable.name), allText)
    values.set(variable.name, one.value)
    resolved.push(one)
  }
  return resolved
}

export const valuesOf = (resolved: readonly Resolved[]): Values =>
  new Map(resolved.map(({ variable, value }) => [variable.name, value]))

async function optionsOf(
  variable: Variable,
  values: Values,
  round: Round,
  range: TimeRange,
): Promise<Option[]> {
  const query = variable.query ?? ''
  switch (variable.type) {
    case 'query':
      return ordered(variable, await queried(interpolate(query, values, true), round, range))
    case 'custom':
      return customOptions(query)
    case 'interval':
      return query.split(',').map((text) => plain(text.trim()))
    case 'datasource':
      return [plain('Prometheus')]
    default:
      return [plain(query)]
  }
}

const plain = (value: string): Option => ({ text: value, value })

/** `a, b` or `text : value, …`; `\,` is a comma. */
function customOptions(query: string): Option[] {
  return query
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll('\\,', ',').trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [text = '', value] = part.split(/\s+:\s+/)
      return { text, value: value ?? text }
    })
}

const labelValues = /^\s*label_values\(\s*(?:(.+),)?\s*([a-zA-Z_]\w*)\s*\)\s*$/s
const queryResult = /^\s*query_result\((.+)\)\s*$/s

async function queried(query: string, round: Round, range: TimeRange): Promise<string[]> {
  const [, match, label] = labelValues.exec(query) ?? []
  if (label) return round.labelValues(label, match?.trim() ?? null, range)
  const [, expression] = queryResult.exec(query) ?? []
  if (!expression) return []
  return seriesIn(await round.instant(expression, range.toMs)).map(({ labels, samples }) => {
    const inside = Object.entries(labels)
      .filter(([key]) => key !== '__name__')
      .map(([key, value]) => `${key}="${value}"`)
    const [seconds = 0, value = ''] = samples[0] ?? []
    return `${labels.__name__ ?? ''}{${inside.join(',')}} ${value} ${seconds * 1000}`
  })
}

/**
 * Filtered by the variable's pattern (its group, or those named text and value), sorted as it says.
 */
function ordered({ regex, sort }: Variable, found: string[]): Option[] {
  const pattern = regex ? patternOf(regex) : null
  const options = found.flatMap((value) => {
    if (!pattern) return [plain(value)]
    const match = pattern.exec(value)
    if (!match) return []
    const inner = match.groups?.value ?? match[1] ?? value
    return [{ text: match.groups?.text ?? inner, value: inner }]
  })
  const unique = [...new Map(options.map((option) => [option.value, option])).values()]
  if (sort === 0) return unique
  const numeric = sort === 3 || sort === 4 || sort >= 7
  unique.sort((a, b) => a.text.localeCompare(b.text, 'en', { numeric, sensitivity: 'base' }))
  return sort % 2 === 0 ? unique.reverse() : unique
}

function choose(
  variable: Variable,
  options: Option[],
  asked: string[] | undefined,
  allText: string,
): Resolved {
  const known = new Set(options.map(({ value }) => value))
  const offered = (value: string) => known.has(value) || (value === allToken && variable.includeAll)
  const free = variable.type === 'textbox' || variable.type === 'constant'
  const own = [variable.current?.value ?? []].flat().filter((value) => free || offered(value))
  const first = variable.includeAll ? allToken : (options[0]?.value ?? '')
  const chosen = asked && asked.length > 0 ? asked : own.length > 0 ? own : [first]
  const unknownValue = free ? null : (chosen.find((value) => !offered(value)) ?? null)
  const all = chosen.includes(allToken)
  const values = all ? options.map(({ value }) => value) : chosen
  const texts = options.filter(({ value }) => values.includes(value)).map(({ text }) => text)
  return {
    variable,
    options,
    chosen,
    unknownValue: unknownValue === '' ? null : unknownValue,
    value: {
      values,
      text: all ? allText : texts.join(' + ') || values.join(' + '),
      multiple: variable.multi || variable.includeAll,
      allValue: all ? (variable.allValue ?? null) || null : null,
    },
  }
}
