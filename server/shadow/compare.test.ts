import { describe, expect, test } from 'bun:test'
import { byField, comparable, differences, type ShadowAnswer } from './compare.ts'
import { judgePair } from './judge-pair.ts'

const ok = (body: unknown): ShadowAnswer => ({ status: 200, body: JSON.stringify(body) })
const fieldsOf = (one: ShadowAnswer, other: ShadowAnswer) => [
  ...byField(differences(one, other)).keys(),
]

describe('answers differ in', () => {
  test.each([
    ['nothing', ok({ a: [1, { b: null }] }), ok({ a: [1, { b: null }] }), []],
    ['nothing, in another order of names', ok({ a: 1, b: 2 }), ok({ b: 2, a: 1 }), []],
    ['a value', ok({ a: { b: 1 } }), ok({ a: { b: 2 } }), ['a.b']],
    ['its type', ok({ a: 1 }), ok({ a: '1' }), ['a']],
    ['a field that is absent', ok({ a: 1 }), ok({}), ['a']],
    ['a field that is null', ok({ a: null }), ok({}), ['a']],
    ['an item', ok({ a: [{ b: 1 }, { b: 2 }] }), ok({ a: [{ b: 1 }, { b: 3 }] }), ['a.b']],
    ['the length', ok({ a: [1] }), ok({ a: [1, 2] }), ['a']],
    ['a list that is an object', ok({ a: [] }), ok({ a: {} }), ['a']],
    ['the whole', ok(1), ok(2), ['other']],
    ['what is no JSON', { status: 200, body: 'x' }, { status: 200, body: 'y' }, ['other']],
    ['the status and all fields', ok({ a: 1 }), { status: 404, body: '' }, ['status', 'other']],
  ])('%s', (_what, one, other, fields) => {
    expect(fieldsOf(one, other)).toEqual(fields)
  })

  test('the code of a problem, but not the id of its request', () => {
    const problem = (code: string, requestId: string) =>
      comparable(404, JSON.stringify({ code, requestId, detail: requestId }))
    expect(differences(problem('not-found', '1'), problem('not-found', '2'))).toEqual([])
    expect(differences(problem('not-found', '1'), problem('sold-out', '1'))).toEqual([
      { field: 'code', served: 'not-found', shadow: 'sold-out' },
    ])
  })

  test('no more fields than are kept, however long the list', () => {
    const list = (value: number) => ok(Array.from({ length: 2000 }, () => value))
    expect(differences(list(1), list(2))).toHaveLength(500)
  })
})

describe('a field that differed is', () => {
  const pair = (served: number, shadow: number, servedAgain: number, shadowAgain: number) => ({
    ...{ served: ok({ a: served }), servedAgain: ok({ a: servedAgain }) },
    ...{ shadow: ok({ a: shadow }), shadowAgain: ok({ a: shadowAgain }) },
  })
  const judged = (of: ReturnType<typeof pair>, stalenessMs: number) => {
    const { mismatches, natural } = judgePair({ ...of, stalenessMs })
    return [mismatches.map(({ served, shadow }) => [served, shadow]), natural]
  }

  test.each([0, 6000])('natural where the served option moved too, at %i ms', (stalenessMs) => {
    expect(judged(pair(1, 2, 2, 2), stalenessMs)).toEqual([[], ['a']])
    expect(judged(pair(1, 2, 3, 2), stalenessMs)).toEqual([[], ['a']])
  })

  test.each([0, 6000])('a mismatch where it did not, at %i ms', (stalenessMs) => {
    expect(judged(pair(1, 2, 1, 2), stalenessMs)).toEqual([[[1, 2]], []])
  })

  test('late where an option that may be stale agrees by the second time', () => {
    expect(judged(pair(1, 2, 1, 1), 6000)).toEqual([[], []])
  })

  test('a mismatch where one that is never stale differed once', () => {
    expect(judged(pair(1, 2, 1, 1), 0)).toEqual([[[1, 2]], []])
  })

  test('judged apart from the others', () => {
    const body = (stock: number, name: string) => ok({ stock, name })
    const { mismatches, natural } = judgePair({
      ...{ served: body(5, 'x'), servedAgain: body(4, 'x') },
      ...{ shadow: body(4, 'y'), shadowAgain: body(4, 'y'), stalenessMs: 0 },
    })
    expect(mismatches).toEqual([{ field: 'name', served: 'x', shadow: 'y' }])
    expect(natural).toEqual(['stock'])
  })
})
