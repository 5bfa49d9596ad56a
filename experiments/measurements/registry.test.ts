import { expect, test } from 'bun:test'
import { benchmarks, reproductions } from './registry.ts'
import { sourceNames } from './sources/sources.ts'

test('the names that the commands take are those of the measurements', () => {
  expect(Object.keys(reproductions)).toEqual(sourceNames)
  const names = Object.keys(benchmarks)
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
})
