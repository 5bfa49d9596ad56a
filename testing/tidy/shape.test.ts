import { expect, test } from 'bun:test'
import { longFiles, longTests, oddNames, wideLines } from './shape.ts'

const file = (path: string, text: string) => [{ path, text }]
const body = (lines: number, indent = '  ') => `${indent}step()\n`.repeat(lines)

test('a file one line too long', () => {
  expect(longFiles(file('server/a.ts', body(300)), 300)).toEqual([])
  expect(longFiles(file('server/a.ts', body(301)), 300)).toEqual(['server/a.ts: 301 lines'])
  expect(longFiles(file('stampede', body(301)), 300)).toHaveLength(1)
  expect(longFiles(file('docs/a.md', body(301)), 300)).toEqual([])
})

test('a line one column too wide, counted in characters', () => {
  expect(wideLines(file('a.ts', `${'x'.repeat(100)}\n${'é'.repeat(100)}`), 100)).toEqual([])
  expect(wideLines(file('a.ts', `ok\n${'x'.repeat(101)}\n`), 100)).toEqual(['a.ts:2: 101 columns'])
})

test.each(['camelCase.ts', 'snake_case.ts', 'Upper.md', 'a/B/c.ts', 'a/two words.ts'])(
  '%s is no name',
  (path) => {
    expect(oddNames(file(path, ''))).toHaveLength(1)
  },
)

test.each([
  'a-b.live.test.ts',
  'README.md',
  'LICENSE',
  '.ci/run',
  'tsconfig.json',
  'k6/driver.ts',
  'stampede',
])('%s is a name', (path) => {
  expect(oddNames(file(path, ''))).toEqual([])
})

test('a test one line too long; a group of tests may be longer', () => {
  const one = (lines: number) => `test('a', async () => {\n${body(lines - 2)}})\n`
  expect(longTests(file('a.test.ts', one(60)), 60)).toEqual([])
  expect(longTests(file('a.test.ts', one(61)), 60)).toEqual(['a.test.ts:1: a test of 61 lines'])
  const group = `describe('b', () => {\n  test('a', () => {})\n${body(61)}})\n`
  expect(longTests(file('a.test.ts', group), 60)).toEqual([])
})
