import { patternOf } from './frames.ts'
import { joined, merged, rowCount, sorted, type Table } from './table.ts'

type Options = Record<string, unknown>

const record = (value: unknown): Options =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Grafana's transformations that this viewer knows, each over all tables of a panel. */
const known: Record<string, (tables: Table[], options: Options) => Table[]> = {
  merge: (tables) => [merged(tables)],
  joinByField: (tables, options) => [joined(tables, text(options.byField) || 'Time')],
  seriesToColumns: (tables, options) => [joined(tables, text(options.byField) || 'Time')],
  organize: (tables, options) => tables.map((table) => organized(table, options)),
  sortBy: (tables, options) => {
    const first = record(list(options.sort)[0])
    return tables.map((table) => sorted(table, text(first.field), first.desc === true))
  },
  limit: (tables, options) => {
    const count = Number(options.limitField ?? 10)
    return tables.map((table) => kept(table, (at) => at < count))
  },
  filterFieldsByName: (tables, options) => tables.map((table) => filtered(table, options)),
  renameByRegex: (tables, options) => {
    const pattern = patternOf(text(options.regex))
    const rename = (name: string) => name.replace(pattern, text(options.renamePattern))
    return tables.map((table) => table.map((one) => ({ ...one, name: rename(one.name) })))
  },
  // Labels are columns already.
  labelsToFields: (tables) => tables,
}

/** Transformations that a panel is drawn without: those unknown, and in time panels all. */
export function unknownTransformations(
  kind: string,
  steps: readonly { id: string; disabled: boolean }[],
): string[] {
  const applied = (id: string) => kind === 'table' && Object.hasOwn(known, id)
  return steps.filter(({ id, disabled }) => !disabled && !applied(id)).map(({ id }) => id)
}

/** A panel's tables after its transformations; several that are left are merged into one. */
export function transformed(
  tables: Table[],
  steps: readonly { id: string; disabled: boolean; options: Options }[],
): Table {
  const done = steps.reduce((current, { id, disabled, options }) => {
    const step = disabled || !Object.hasOwn(known, id) ? undefined : known[id]
    return step ? step(current, options) : current
  }, tables)
  return merged(done)
}

function organized(table: Table, options: Options): Table {
  const [excluded, names] = [record(options.excludeByName), record(options.renameByName)]
  const [included, order] = [record(options.includeByName), record(options.indexByName)]
  const chosen = Object.values(included).includes(true)
  return table
    .filter(({ name }) => excluded[name] !== true && (!chosen || included[name] === true))
    .map((column, at) => ({ column, rank: Number(order[column.name] ?? 1000 + at) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ column }) => ({ ...column, name: text(names[column.name]) || column.name }))
}

function filtered(table: Table, options: Options): Table {
  const included = matcherOf(record(options.include))
  const excluded = matcherOf(record(options.exclude))
  return table.filter(({ name }) => (included?.(name) ?? true) && !(excluded?.(name) ?? false))
}

function matcherOf(options: Options): ((name: string) => boolean) | null {
  const names = list(options.names)
  const pattern = text(options.pattern)
  if (names.length === 0 && pattern === '') return null
  return (name) => names.includes(name) || (pattern !== '' && patternOf(pattern).test(name))
}

function kept(table: Table, keep: (row: number) => boolean): Table {
  const rows = Array.from({ length: rowCount(table) }, (_, at) => at).filter(keep)
  return table.map((one) => ({ ...one, cells: rows.map((at) => one.cells[at] ?? null) }))
}
