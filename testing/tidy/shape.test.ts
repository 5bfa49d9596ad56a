import { describe, expect, test } from 'bun:test'
import { functionsOf, longFiles, longFunctions, oddNames, wideLines } from './shape.ts'

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

describe('the length of a function', () => {
  const headers: [string, string, string][] = [
    ['a function', 'function a() {', '}'],
    ['an exported one', 'export async function a(b: string): Promise<void> {', '}'],
    ['a generator', 'export function* a() {', '}'],
    ['an arrow', 'const a = (b: string) => {', '}'],
    ['an arrow as an argument', 'list.map((one) => {', '})'],
    ['one with its parameters below', 'export function a(\n  b: string,\n): void {', '}'],
    ['one that takes an object apart', 'export function a({\n  b,\n}: B): void {', '}'],
    ['an arrow with its parameters below', 'const a = (\n  b: string,\n) => {', '}'],
  ]

  test.each(headers)('%s', (_name, header, end) => {
    const text = `${header}\n${body(10)}${end}\n`
    const lines = text.trimEnd().split('\n').length
    expect(functionsOf(text)).toEqual([{ line: 1, lines }])
  })

  test.each(['async close(): Promise<void> {', 'constructor(readonly a: string) {', 'get a() {'])(
    'a method: %s',
    (header) => {
      const text = `class A {\n  ${header}\n${body(10, '    ')}  }\n}\n`
      expect(functionsOf(text)).toEqual([{ line: 2, lines: 12 }])
    },
  )

  test.each([
    'if (a) {',
    'for (const a of b) {',
    'while (a()) {',
    'switch (a) {',
    'try {',
    'class A {',
    'export interface A {',
    'const a = {',
    'if (\n  a &&\n  b\n) {',
    'call({',
  ])('%j is no function', (header) => {
    expect(functionsOf(`${header}\n${body(10)}}\n`)).toEqual([])
  })

  test('else, catch and finally are none either', () => {
    const text =
      'if (a) {\n} else if (b) {\n  c()\n} else {\n}\ntry {\n} catch (e) {\n} finally {\n}\n'
    expect(functionsOf(text)).toEqual([])
  })

  test('functions declared inside are counted by themselves, others are not', () => {
    const inner = `  function b() {\n${body(10, '    ')}  }\n`
    const arrow = `  const c = () => {\n${body(10, '    ')}  }\n`
    const text = `function a() {\n${inner}${arrow}}\n`
    expect(functionsOf(text).map(({ lines }) => lines)).toEqual([14, 12, 12])
  })

  test('groups of tests are none, a long test is one', () => {
    const group = `describe('a', () => {\n  test('b', () => {\n${body(70, '    ')}  })\n})\n`
    expect(longFunctions(file('a.test.ts', group), 60)).toEqual([
      'a.test.ts:2: a function of 72 lines',
    ])
  })

  test('one line too many', () => {
    const text = (lines: number) => `function a() {\n${body(lines - 2)}}\n`
    expect(longFunctions(file('a.ts', text(60)), 60)).toEqual([])
    expect(longFunctions(file('a.ts', text(61)), 60)).toEqual(['a.ts:1: a function of 61 lines'])
  })
})
