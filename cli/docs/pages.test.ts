import { describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { faults } from '../../chaos/faults.ts'
import { axes, axisNames } from '../../server/designs/axes.ts'
import { problems } from '../../server/errors.ts'
import { routeNames } from '../../server/route-names.ts'
import { commands } from '../commands.ts'
import { driftedPages } from '../docs.ts'
import { recordParts } from './axis-pages.ts'
import { fieldsOf, typeOf } from './json-schema.ts'
import { page, table } from './markdown.ts'
import { referencePages } from './pages.ts'

const pages = referencePages(commands)

const root = resolve(import.meta.dir, '../..')

test('no reference page is out of date: ./stampede docs writes them', async () => {
  expect(await driftedPages(root, pages)).toEqual([])
})

test('the pages say the same each time', async () => {
  for (const { generate } of pages) expect(await generate()).toBe(await generate())
})

describe('each registry is on its page, whole', () => {
  const textOf = async (name: string) =>
    (await pages.find(({ path }) => path.endsWith(`/${name}.md`))?.generate()) ?? ''

  test.each([
    ['errors', Object.keys(problems)],
    ['faults', Object.keys(faults)],
    ['metrics', [...routeNames]],
    ['commands', Object.keys(commands)],
    ...axisNames.map((name): [string, string[]] => [
      `axes/${name}`,
      Object.keys(axes[name].options).map((option) => `\n## ${option}\n`),
    ]),
  ])('%s', async (name, words) => {
    const text = await textOf(name)
    for (const word of words) expect(text).toContain(word)
  })

  test('http: every route, and no schema is missing', async () => {
    const text = await textOf('http')
    for (const [, anchor] of text.matchAll(/\]\(#([a-z]+)\)/g)) {
      expect(text.toLowerCase()).toContain(`\n### ${anchor}\n`)
    }
    expect(text.match(/^## (GET|PUT|POST|DELETE) /gm)).toHaveLength(routeNames.length + 8)
  })

  test('metrics: each name has its unit or is a count, none is there twice', async () => {
    const [, server = '', worker = ''] = (await textOf('metrics')).split(/^## /m)
    for (const part of [server, worker]) {
      const names = [...part.matchAll(/^\| `(stampede_\w+)`/gm)].map(([, name]) => name)
      expect(names.length).toBeGreaterThan(10)
      expect(new Set(names).size).toBe(names.length)
    }
  })
})

test('an option is text, a list of what it closes and leaves open, and notes', () => {
  const record = { summary: 'looks', closes: 'a gap', leavesOpen: 'none' }
  expect(
    recordParts({ ...record, doc: 'Looks.', in: 'this', out: 'that', notes: ['More.'] }),
  ).toEqual([
    'Looks.',
    '- **in** this\n- **out** that\n- **closes** a gap\n- **leaves open** none',
    'More.',
  ])
  expect(recordParts(record)).toEqual(['- **closes** a gap\n- **leaves open** none'])
  expect(recordParts({ summary: 'looks', stalenessMs: 1500 })).toEqual([
    '- **is stale by** at most 1.5 s, which `reads-fresh` checks',
  ])
})

describe('fields of a schema', () => {
  const string = { type: 'string' }

  test('nested, in lists, required or not', () => {
    const inner = { type: 'object', properties: { b: string }, required: ['b'] }
    const schema = {
      properties: { a: { type: 'array', items: inner, minItems: 1, maxItems: 2 }, c: string },
      required: ['a'],
    }
    expect(fieldsOf(schema).map(({ name, type, isRequired }) => [name, type, isRequired])).toEqual([
      ['a', 'list of objects, 1 to 2', true],
      ['a[].b', 'string', true],
      ['c', 'string', false],
    ])
  })

  test('of alternatives: always there only where each has it', () => {
    const one = { properties: { kind: { const: 'x' }, a: string }, required: ['kind', 'a'] }
    const other = { properties: { kind: { const: 'y' } }, required: ['kind'] }
    const fields = fieldsOf({ oneOf: [one, other] })
    expect(fields.map(({ name, type, isRequired }) => [name, type, isRequired])).toEqual([
      ['kind', '`"x"` or `"y"`', true],
      ['a', 'string', false],
    ])
  })

  test.each([
    [{ type: 'integer', minimum: 1, maximum: 9 }, 'integer, 1 to 9'],
    [{ type: 'number', exclusiveMinimum: 0, maximum: 9 }, 'number, above 0, at most 9'],
    [{ type: 'string', pattern: '^a$' }, 'string, `^a$`'],
    [{ enum: ['a', 'b'] }, '`"a"`, `"b"`'],
    [{ type: ['object', 'null'] }, 'object or null'],
    [{ $ref: '#/components/schemas/User' }, '[User](#user)'],
    [{}, 'anything'],
  ])('%j reads %s', (schema, text) => {
    expect(typeOf(schema)).toBe(text)
  })
})

test('tables keep bars out of their cells; pages say who writes them', () => {
  expect(table(['a'], [['b|c\nd']])).toBe('| a |\n| --- |\n| b\\|c d |')
  expect(page('T', 'x')).toBe(
    [
      '# T',
      '<!-- Written by `./stampede docs` from the code; change the code, not this page. -->',
      'x\n',
    ].join('\n\n'),
  )
})
