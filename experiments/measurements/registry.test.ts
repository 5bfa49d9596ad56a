import { expect, test } from 'bun:test'
import { sourceNames } from './measurement.ts'
import { benchmarks, measurements, reproductions } from './registry.ts'

test('each measurement has a name of its own and is held against one thing', () => {
  const names = measurements.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(benchmarks.length + reproductions.length).toBe(measurements.length)
})

test('the names that the command takes are those of the sources', () => {
  expect(reproductions.map(({ name }) => name)).toEqual([...sourceNames])
})
