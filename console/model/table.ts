import type { Answer } from './frames.ts'
import { numberOf, seriesIn } from './prometheus.ts'

export type Cell = string | number | null

export interface Column {
  name: string
  kind: 'number' | 'string' | 'time'
  refId: string
  cells: Cell[]
}

/** Columns of equal length. */
export type Table = Column[]

/**
 * The answers of instant queries as tables, one a query, as Grafana's table format has them: Time,
 * labels in order, Value (`Value #A` when there are several queries).
 */
export function tablesOf(answers: readonly Answer[]): Table[] {
  return answers.map(({ target: { refId }, result }) => {
    const found = seriesIn(result)
    const keys = [...new Set(found.flatMap(({ labels }) => Object.keys(labels)))].sort()
    const last = found.map(({ samples }) => samples.at(-1))
    const column = (name: string, kind: Column['kind'], cells: Cell[]): Column => ({
      name,
      kind,
      refId,
      cells,
    })
    const valueName = answers.length > 1 ? `Value #${refId}` : 'Value'
    return [
      column(
        'Time',
        'time',
        last.map((sample) => (sample ? sample[0] * 1000 : null)),
      ),
      ...keys.map((key) =>
        column(
          key,
          'string',
          found.map(({ labels }) => labels[key] ?? null),
        ),
      ),
      column(
        valueName,
        'number',
        last.map((sample) => (sample ? numberOf(sample[1]) : null)),
      ),
    ]
  })
}

export const rowCount = (table: Table): number => table[0]?.cells.length ?? 0

/** One table of several: rows that agree in every column which two tables share become one row. */
export function merged(tables: readonly Table[]): Table {
  const [first, ...rest] = tables.filter((table) => table.length > 0)
  return rest.reduce((left, right) => mergeTwo(left, right), first ?? [])
}

function mergeTwo(left: Table, right: Table): Table {
  const names = [...new Set([...left, ...right].map(({ name }) => name))]
  const shared = names.filter((name) => has(left, name) && has(right, name))
  const rows = new Map<string, Record<string, Cell>>()
  for (const table of [left, right]) {
    for (const row of rowsOf(table)) {
      const key = JSON.stringify(shared.map((name) => row[name] ?? null))
      const known = rows.get(key)
      // A row whose own columns are already taken is another row.
      const clash =
        known && Object.keys(row).some((name) => !shared.includes(name) && name in known)
      if (known && !clash) Object.assign(known, row)
      else rows.set(clash ? `${key} ${rows.size}` : key, { ...row })
    }
  }
  return tableOf(names, [...rows.values()], [...left, ...right])
}

/** Tables side by side by the values of one column (an outer join). */
export function joined(tables: readonly Table[], by: string): Table {
  const seen = new Map<string, number>()
  const renamed = tables.map((table) =>
    table.map((column) => {
      if (column.name === by) return column
      const count = (seen.get(column.name) ?? 0) + 1
      seen.set(column.name, count)
      return count === 1 ? column : { ...column, name: `${column.name} ${count}` }
    }),
  )
  const rows = new Map<string, Record<string, Cell>>()
  for (const table of renamed) {
    for (const row of rowsOf(table)) {
      const key = String(row[by])
      rows.set(key, { ...rows.get(key), ...row })
    }
  }
  const names = [...new Set([by, ...renamed.flat().map(({ name }) => name)])]
  return tableOf(names, [...rows.values()], renamed.flat())
}

export function rowsOf(table: Table): Record<string, Cell>[] {
  return Array.from({ length: rowCount(table) }, (_, at) =>
    Object.fromEntries(table.map(({ name, cells }) => [name, cells[at] ?? null])),
  )
}

/** Rows back as columns; kind and origin are those of the first known column of that name. */
function tableOf(names: string[], rows: Record<string, Cell>[], known: Column[]): Table {
  return names.map((name) => {
    const origin = known.find((column) => column.name === name)
    const { kind, refId } = origin ?? { kind: 'string' as const, refId: '' }
    return { name, kind, refId, cells: rows.map((row) => row[name] ?? null) }
  })
}

const has = (table: Table, name: string) => table.some((column) => column.name === name)

/** Rows in another order. */
export function sorted(table: Table, by: string, descending: boolean): Table {
  const column = table.find(({ name }) => name === by)
  if (!column) return table
  const order = column.cells.map((_, at) => at)
  const direction = descending ? -1 : 1
  order.sort((a, b) => direction * compare(column.cells[a] ?? null, column.cells[b] ?? null))
  return table.map((one) => ({ ...one, cells: order.map((at) => one.cells[at] ?? null) }))
}

function compare(one: Cell, other: Cell): number {
  if (one === null || other === null) return Number(other === null) - Number(one === null)
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one).localeCompare(String(other), 'en', { numeric: true })
}
