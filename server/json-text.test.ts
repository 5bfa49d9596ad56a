import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readJson, UnreadableJson } from './json-text.ts'

const flawOf = (text: string) => {
  try {
    return { value: readJson(text) }
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error
    return error.field
  }
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

describe('what two readers may understand differently is refused, by its field', () => {
  test.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"b":{"a":1,"x":2,"a":3}}', 'b.a'],
    ['[{"a":1},{"a":1,"\\u0061":2}]', '1.a'],
    ['{"a":{"c":1},"a":{"d":2}}', 'a'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"a":[1,[2,3],5.0000000000000000001]}', 'a.2'],
    ['0.30000000000000000004', 'body'],
    ['{"a":{"b":"\\ud800"}}', 'a.b'],
    ['{"a":["x","\\udc00\\ud800"]}', 'a.1'],
    [nested(33), 'body'],
    [nested(30_000), 'body'],
    [`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, 'body'],
  ])('%s', (text, field) => {
    expect(flawOf(text)).toBe(field)
  })
})

describe('what is not JSON is refused as a whole', () => {
  test.each([
    '',
    ' ',
    '{',
    '{"a":}',
    '{"a":1}x',
    '{"a":1}\0',
    'NaN',
    '-Infinity',
    '01',
    '1.',
    '+1',
  ])('%j', (text) => expect(flawOf(text)).toBe('body'))
})

describe('all else is read as it stands', () => {
  test.each([
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    '{"a:b":"c:d","e\\"":":","f":"\\\\"}',
    '["a",":",{"x":":y"}]',
    '{"a":9007199254740993,"b":-0,"c":5e0,"d":0.30000000000000004,"e":0.000001}',
    '{"a":"\\ud83d\\ude00","b":"😀"}',
    nested(32),
    JSON.stringify({ quotes: '"'.repeat(60_000) }),
  ])('%s', (text) => {
    expect(flawOf(text)).toEqual({ value: JSON.parse(text) })
  })

  test('any value that was written as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        return Bun.deepEquals(flawOf(text), { value: JSON.parse(text) })
      }),
    )
  })
})
