import { describe, expect, test } from 'bun:test'
import {
  folderCircles,
  idleExceptions,
  importsOf,
  testsInProduction,
  wrongWays,
} from './imports.ts'

const file = (path: string, text: string) => ({ path, text })
const target = (text: string) => importsOf(file('server/http/a.ts', text)).map((one) => one.target)

describe('what a file imports', () => {
  test.each([
    ["import { a } from '../db/b.ts'", 'server/db/b.ts'],
    ["import {\n  a,\n  c,\n} from './b.ts'", 'server/http/b.ts'],
    ["import type { A } from 'hono'", 'hono'],
    ["import 'hono/x'", 'hono/x'],
    ["export { a } from '../../chaos/b.ts'", 'chaos/b.ts'],
    ["const a = await import('../b.ts')", 'server/b.ts'],
    ["import.meta.resolve('swagger-ui-dist/package.json')", 'swagger-ui-dist/package.json'],
  ])('%j', (text, expected) => {
    expect(target(text)).toEqual([expected])
  })

  test('with its line, and whether only types', () => {
    const text = "import type { A } from './a.ts'\nimport { type B, c } from './b.ts'\n"
    expect(importsOf(file('x.ts', text))).toEqual([
      { target: 'a.ts', isType: true, line: 1 },
      { target: 'b.ts', isType: false, line: 2 },
    ])
  })

  test('words in texts are no imports', () => {
    expect(target("const a = 'import b from c'\nexport const from = 'x'")).toEqual([])
  })
})

const oneWay = { from: 'server/flows/', never: ['server/http/'] }
const wrong = file('server/flows/a.ts', "import { b } from '../http/b.ts'")

describe('directions', () => {
  test('an import against one is named', () => {
    expect(wrongWays([wrong], [oneWay])).toEqual([
      'server/flows/a.ts:1: server/flows/ may not import server/http/b.ts',
    ])
  })

  test('types count too, unless they are allowed', () => {
    const types = file('server/flows/a.ts', "import type { B } from '../http/b.ts'")
    expect(wrongWays([types], [oneWay])).toHaveLength(1)
    expect(wrongWays([types], [{ ...oneWay, typesAllowed: true }])).toEqual([])
    expect(wrongWays([wrong], [{ ...oneWay, typesAllowed: true }])).toHaveLength(1)
  })

  test('other files, tests, and exceptions are free', () => {
    const elsewhere = { ...wrong, path: 'server/worker/a.ts' }
    const tests = { ...wrong, path: 'server/flows/a.live.test.ts' }
    expect(wrongWays([elsewhere, tests], [oneWay])).toEqual([])
    expect(wrongWays([wrong], [{ ...oneWay, except: ['server/http/b.ts'] }])).toEqual([])
    expect(wrongWays([wrong], [{ ...oneWay, exempt: ['server/flows/a.ts'] }])).toEqual([])
  })

  test('an exception that nothing needs is named', () => {
    const used = { ...oneWay, except: ['server/http/b.ts'] }
    expect(idleExceptions([wrong], [used])).toEqual([])
    const idle = { ...oneWay, except: ['server/http/c.ts'], exempt: ['server/flows/z.ts'] }
    expect(idleExceptions([wrong], [idle])).toHaveLength(2)
  })
})

test('production may not import from tests', () => {
  const text = "import { a } from '../testing/a.ts'"
  expect(testsInProduction([file('server/db/a.ts', text)])).toHaveLength(1)
  expect(testsInProduction([file('server/db/a.test.ts', text)])).toEqual([])
  expect(testsInProduction([file('server/db/a.ts', text)], ['server/db/'])).toEqual([])
})

describe('circles between folders', () => {
  const value = (to: string) => `import { x } from '${to}'`
  const type = (to: string) => `import type { X } from '${to}'`

  test('are named, however long, also where types close them', () => {
    const files = [
      file('a/1.ts', type('../b/2.ts')),
      file('b/2.ts', value('./3.ts')),
      file('b/3.ts', value('../a/1.ts')),
      file('a/4.ts', value('./1.ts')),
    ]
    expect(folderCircles(files)).toEqual(['a circle between folders: a/1.ts b/2.ts b/3.ts'])
  })

  test('are none within one folder, or without a way back', () => {
    const files = [
      file('a/1.ts', type('./2.ts')),
      file('a/2.ts', value('./1.ts')),
      file('b/1.ts', value('../a/1.ts')),
    ]
    expect(folderCircles(files)).toEqual([])
  })
})
