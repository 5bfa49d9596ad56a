import { describe, expect, test } from 'bun:test'
import { labelValuesIn } from './label-values.ts'
import { parsePanel } from './panel-schema.ts'
import type { QueryResult } from './prometheus.ts'
import { organized, rowCount, sorted, type Table, tableOf } from './table.ts'

const result: QueryResult = {
  resultType: 'vector',
  result: [
    { metric: { checker: 'stock' }, value: [10, '0'] },
    { metric: { checker: 'ids', arm: 'after' }, value: [10, '1'] },
  ],
}
const table = tableOf({ result })

const cellsOf = (columns: Table) => Object.fromEntries(columns.map((one) => [one.name, one.cells]))

test('an instant query is a table of its labels and its value', () => {
  expect(cellsOf(table)).toEqual({
    Time: [10_000, 10_000],
    arm: [null, 'after'],
    checker: ['stock', 'ids'],
    Value: [0, 1],
  })
  expect(table.map(({ kind }) => kind)).toEqual(['time', 'string', 'string', 'number'])
})

test('no answer is a table without rows', () => {
  expect(rowCount(tableOf({ result: { resultType: 'vector', result: [] } }))).toBe(0)
})

describe('organize', () => {
  const steps = (options: object) => {
    const panel = parsePanel({
      ...{ type: 'table', gridPos: { x: 0, y: 0, w: 1, h: 1 } },
      targets: [{ expr: 'up', instant: true, format: 'table' }],
      transformations: [{ id: 'organize', options }],
    })
    if (panel.type !== 'table') throw new Error('the fixture is wrong')
    return panel.transformations
  }

  test('leaves out and renames', () => {
    const options = {
      excludeByName: { Time: true, arm: true },
      renameByName: { checker: 'Promise' },
    }
    expect(organized(table, steps(options)).map(({ name }) => name)).toEqual(['Promise', 'Value'])
  })
  test('keeps what is excluded with false, and names that are empty', () => {
    const options = { excludeByName: { Time: false }, renameByName: { arm: '' } }
    expect(organized(table, steps(options))).toHaveLength(4)
    expect(organized(table, [])).toEqual(table)
  })
})

test.each([
  ['checker', false, ['ids', 'stock']],
  ['checker', true, ['stock', 'ids']],
  ['Value', true, ['ids', 'stock']],
  ['Value', false, ['stock', 'ids']],
  ['arm', false, ['stock', 'ids']],
  ['arm', true, ['ids', 'stock']],
  ['no such column', false, ['stock', 'ids']],
])('sorted by %s, descending %p; no value comes before any', (by, isDescending, checkers) => {
  expect(cellsOf(sorted(table, by, isDescending)).checker).toEqual(checkers)
})

test.each([
  ['label_values(up, job)', 'up', 'job'],
  ['label_values( up{a="x, y"} ,job )', 'up{a="x, y"}', 'job'],
  ['label_values(job)', null, 'job'],
  ['query_result(up)', null, ''],
])('%s asks for the label of a selector', (query, selector, label) => {
  expect(labelValuesIn(query)).toEqual({ selector, label })
})
