import { describe, expect, test } from 'bun:test'
import { Problem, type ProblemCode, problems, toProblemBody, toResponse } from './errors.ts'

const codes = Object.keys(problems) as ProblemCode[]

test.each(codes)('%s answers as the table says', async (code) => {
  const [status, definite, title] = problems[code]
  const response = toResponse(new Problem(code), 'r-1')
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toEqual({
    type: `urn:stampede:problem:${code}`,
    title,
    status,
    code,
    detail: title,
    definite,
    requestId: 'r-1',
  })
})

describe('the table', () => {
  test.each(codes)('%s: a plain name, a sentence without a full stop, a status of HTTP', (code) => {
    const [status, , title] = problems[code]
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(status).toBeWithin(400, 504)
  })

  test('what may have happened all the same', () => {
    // Adding to this list, or taking from it, changes what clients may conclude from an answer.
    expect(codes.filter((code) => !problems[code][1])).toEqual([
      'request-in-progress',
      'bank-unknown',
      'partner-failed',
      'commit-unknown',
      'in-recovery',
      'deadline-exceeded',
      'internal',
    ])
  })

  test('asking again may help exactly where the answer is 503 or 429', () => {
    for (const code of codes) {
      const wait = toResponse(new Problem(code), 'r').headers.get('retry-after')
      expect([code, wait !== null]).toEqual([code, [503, 429].includes(problems[code][0])])
    }
  })
})

describe('what is told', () => {
  test('detail and field of a problem', () => {
    const problem = new Problem('sold-out', { detail: 'Option 7 is sold out', field: 'items' })
    const told = toProblemBody(problem, 'r')
    expect(told).toMatchObject({ detail: 'Option 7 is sold out', field: 'items' })
  })

  test.each([
    ['an error', new Error('select secret from users')],
    ['an internal problem', new Problem('internal', { detail: 'No flow of kind x' })],
    ['a text', 'text'],
    ['nothing', undefined],
  ])('nothing of what was not expected: %s', (_name, error: unknown) => {
    const told = JSON.stringify(toProblemBody(error, 'r'))
    expect(told).toContain('"code":"internal"')
    expect(told).toContain('"definite":false')
    expect(told).not.toMatch(/secret|flow|text/)
  })

  test('the cause stays inside', () => {
    const cause = new Error('ER_DUP_ENTRY')
    const told = toProblemBody(new Problem('lock-contention', { cause }), 'r')
    expect(JSON.stringify(told)).not.toContain('ER_')
  })
})
