import type { Answer } from './frames.ts'
import type { PanelOf } from './panel-schema.ts'
import { numberOf, seriesIn } from './prometheus.ts'

export type Cell = string | number | null

export interface Column {
  name: string
  kind: 'number' | 'string' | 'time'
  cells: Cell[]
}

/** Columns of equal length. */
export type Table = Column[]

/** The answer of an instant query as a table: Time, labels in order of their names, Value. */
export function tableOf({ result }: Pick<Answer, 'result'>): Table {
  const found = seriesIn(result)
  const keys = [...new Set(found.flatMap(({ labels }) => Object.keys(labels)))].sort()
  const last = found.map(({ samples }) => samples.at(-1))
  const labels = keys.map((name): Column => {
    return { name, kind: 'string', cells: found.map((one) => one.labels[name] ?? null) }
  })
  const times = last.map((sample) => (sample ? sample[0] * 1000 : null))
  const values = last.map((sample) => (sample ? numberOf(sample[1]) : null))
  return [
    { name: 'Time', kind: 'time', cells: times },
    ...labels,
    { name: 'Value', kind: 'number', cells: values },
  ]
}

/** A table after the panel's `organize`: columns left out and renamed. */
export const organized = (table: Table, steps: PanelOf<'table'>['transformations']): Table =>
  steps.reduce(
    (columns, { options: { excludeByName, renameByName } }) =>
      columns
        .filter(({ name }) => excludeByName[name] !== true)
        .map((column) => ({ ...column, name: renameByName[column.name] || column.name })),
    table,
  )

export const rowCount = (table: Table): number => table[0]?.cells.length ?? 0

/** Rows in another order; no value comes before any. @param by name of a column */
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
