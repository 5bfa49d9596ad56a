import type { RawRange } from './time-range.ts'

/** All that a person has chosen, as the address of the page keeps it. Null = the board's own. */
export interface UrlState {
  range: RawRange | null
  refresh: string | null
  theme: 'dark' | 'light' | null
  language: string | null
  /** By variable: the chosen values; `$__all` stands for all. */
  variables: Map<string, string[]>
  /** Ids of rows whose panels are hidden. */
  closedRows: Set<string>
  /** Sources of annotations that stand otherwise than the board says. */
  turnedAnnotations: Set<string>
  /** One panel alone on the page. */
  panel: string | null
}

export function readUrl(search: URLSearchParams): UrlState {
  const from = search.get('from')
  const to = search.get('to')
  const theme = search.get('theme')
  const variables = new Map<string, string[]>()
  for (const key of new Set(search.keys())) {
    if (key.startsWith('var-')) variables.set(key.slice(4), search.getAll(key))
  }
  return {
    range: from && to ? { from, to } : null,
    refresh: search.get('refresh'),
    theme: theme === 'dark' || theme === 'light' ? theme : null,
    language: search.get('lang'),
    variables,
    closedRows: new Set(search.getAll('row')),
    turnedAnnotations: new Set(search.getAll('without')),
    panel: search.get('panel'),
  }
}

export function writeUrl(state: UrlState): URLSearchParams {
  const search = new URLSearchParams()
  if (state.range) {
    search.set('from', state.range.from)
    search.set('to', state.range.to)
  }
  if (state.refresh !== null) search.set('refresh', state.refresh)
  for (const [name, values] of state.variables) {
    for (const value of values) search.append(`var-${name}`, value)
  }
  for (const row of state.closedRows) search.append('row', row)
  for (const name of state.turnedAnnotations) search.append('without', name)
  if (state.panel !== null) search.set('panel', state.panel)
  if (state.theme) search.set('theme', state.theme)
  if (state.language) search.set('lang', state.language)
  return search
}

/** What a link to another board carries along: the look, and time and variables if asked. */
export function carried(
  state: UrlState,
  range: RawRange,
  what: { time: boolean; variables: boolean },
): URLSearchParams {
  return writeUrl({
    ...state,
    range: what.time ? range : null,
    refresh: what.time ? state.refresh : null,
    variables: what.variables ? state.variables : new Map(),
    closedRows: new Set(),
    turnedAnnotations: new Set(),
    panel: null,
  })
}
