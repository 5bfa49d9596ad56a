import { describe, expect, test } from 'bun:test'
import { parsePanel } from './panel-schema.ts'
import type { QueryResult } from './prometheus.ts'
import { joined, merged, rowsOf, sorted, tablesOf } from './table.ts'
import { transformed, unknownTransformations } from './transformations.ts'

const vector = (...rows: [Record<string, string>, string][]): QueryResult => ({
  resultType: 'vector',
  result: rows.map(([metric, text]) => ({ metric, value: [10, text] })),
})

function targets() {
  const panel = parsePanel({
    type: 'table',
    gridPos: { x: 0, y: 0, w: 1, h: 1 },
    targets: ['A', 'B'].map((refId) => ({ refId, expr: 'up' })),
  })
  if (panel.kind !== 'table') throw new Error('the fixture is wrong')
  return panel.targets
}

const [a, b] = targets()
if (!a || !b) throw new Error('the fixture is wrong')
const before = vector([{ checker: 'stock' }, '0'], [{ checker: 'ids' }, '1'])
const after = vector([{ checker: 'stock' }, '1'], [{ checker: 'late' }, 'NaN'])
const one = () => tablesOf([{ target: a, result: before }])
const two = () =>
  tablesOf([
    { target: a, result: before },
    { target: b, result: after },
  ])
const step = (id: string, options: object = {}) => ({
  id,
  disabled: false,
  options: { ...options },
})

test('an instant query is a table of its labels and its value', () => {
  expect(rowsOf(one()[0] ?? [])).toEqual([
    { Time: 10_000, checker: 'stock', Value: 0 },
    { Time: 10_000, checker: 'ids', Value: 1 },
  ])
})

test('merge puts rows that agree together', () => {
  expect(rowsOf(merged(two()))).toEqual([
    { Time: 10_000, checker: 'stock', 'Value #A': 0, 'Value #B': 1 },
    { Time: 10_000, checker: 'ids', 'Value #A': 1, 'Value #B': null },
    { Time: 10_000, checker: 'late', 'Value #A': null, 'Value #B': Number.NaN },
  ])
})

test('joining by a field keeps all rows of both', () => {
  const rows = rowsOf(joined(two(), 'checker'))
  expect(rows.map((row) => [row.checker, row['Value #A'], row['Value #B']])).toEqual([
    ['stock', 0, 1],
    ['ids', 1, null],
    ['late', null, Number.NaN],
  ])
})

describe('transformations', () => {
  test('organize leaves out, renames and orders', () => {
    const options = {
      excludeByName: { Time: true },
      renameByName: { checker: 'Checker' },
      indexByName: { Value: 0, checker: 1 },
    }
    const table = transformed(one(), [step('organize', options)])
    expect(table.map(({ name }) => name)).toEqual(['Value', 'Checker'])
  })
  test('sorting is by number or by text, nothing last', () => {
    const by = (field: string) => transformed(one(), [step('sortBy', { sort: [{ field }] })])
    expect(rowsOf(by('checker')).map((row) => row.checker)).toEqual(['ids', 'stock'])
    expect(sorted(one()[0] ?? [], 'Value', true)[2]?.cells).toEqual([1, 0])
  })
  test('filtering by name and pattern', () => {
    const table = transformed(one(), [step('filterFieldsByName', { include: { pattern: '/^c/' } })])
    expect(table.map(({ name }) => name)).toEqual(['checker'])
  })
  test('disabled ones do nothing, unknown ones are named', () => {
    const off = { ...step('limit', { limitField: 1 }), disabled: true }
    expect(rowsOf(transformed(one(), [off]))).toHaveLength(2)
    const steps = [off, step('organize'), step('calculateField')]
    expect(unknownTransformations('table', steps)).toEqual(['calculateField'])
    expect(unknownTransformations('timeseries', steps)).toEqual(['organize', 'calculateField'])
  })
})

test('no answer is an empty table', () => {
  expect(transformed(tablesOf([]), [])).toEqual([])
})
