import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { aboutK6, benchmarks, reproductions } from './registry.ts'
import { sourceNames } from './sources/sources.ts'

test('the names that the commands take are those of the measurements', () => {
  expect(Object.keys(reproductions)).toEqual(sourceNames)
  const names = Object.keys(benchmarks)
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
})

test('k6 is there for each benchmark that asks for it, and for no other', async () => {
  for (const name of Object.keys(benchmarks)) {
    const file = Bun.file(join(import.meta.dir, 'floors', `${name}.ts`))
    const text = (await file.exists()) ? await file.text() : ''
    expect([name, text.includes('experiment.driver()')]).toEqual([name, aboutK6.has(name)])
  }
})
