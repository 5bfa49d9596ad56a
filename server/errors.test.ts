import { describe, expect, test } from 'bun:test'
import { invalidInput, Problem, type ProblemCode, problems } from './errors.ts'
import { flawsMax, toProblemBody, toResponse } from './problem.ts'

const codes = Object.keys(problems) as ProblemCode[]

test.each(codes)('%s answers as in the table', async (code) => {
  const { status, definite, title } = problems[code]
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
  test.each(codes)('%s is well-formed', (code) => {
    const { status, title, doc } = problems[code]
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(doc).toMatch(/^[A-Z].*\.$/)
    expect(status).toBeWithin(400, 504)
  })

  test('what may have happened all the same', () => {
    // Adding to this list, or taking from it, changes what clients may conclude from an answer.
    expect(codes.filter((code) => !problems[code].definite)).toEqual([
      'request-in-progress',
      'board-unavailable',
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
      expect([code, wait !== null]).toEqual([code, [503, 429].includes(problems[code].status)])
    }
  })
})

describe('what an answer contains', () => {
  test('detail and field of a problem', () => {
    const problem = new Problem('sold-out', { detail: 'Option 7 is sold out', field: 'items' })
    const body = toProblemBody(problem, 'r')
    expect(body).toMatchObject({ detail: 'Option 7 is sold out', field: 'items' })
  })

  test.each([
    ['an error', new Error('select secret from users')],
    ['an internal problem', new Problem('internal', { detail: 'No flow of kind x' })],
    ['a text', 'text'],
    ['nothing', undefined],
  ])('nothing of what was not expected: %s', (_name, error: unknown) => {
    const body = JSON.stringify(toProblemBody(error, 'r'))
    expect(body).toContain('"code":"internal"')
    expect(body).toContain('"definite":false')
    expect(body).not.toMatch(/secret|flow|text/)
  })

  test('the cause stays inside', () => {
    const cause = new Error('ER_DUP_ENTRY')
    const body = toProblemBody(new Problem('lock-contention', { cause }), 'r')
    expect(JSON.stringify(body)).not.toContain('ER_')
  })
})

describe('an input that breaks its schema', () => {
  const issue = (path: string[], message: string, keys: string[] = []) => ({ path, message, keys })

  test('is refused with every flaw, the first as the field', () => {
    const issues = [
      issue(['items', '0'], 'too small'),
      issue(['pay'], 'unrecognized', ['a', 'b']),
      issue([], 'neither'),
    ]
    const body = toProblemBody(invalidInput('invalid-request', issues), 'r')
    expect(body).toMatchObject({
      field: 'items.0',
      detail: 'items.0: too small; pay.a: unrecognized; pay.b: unrecognized; body: neither',
      errors: [
        { field: 'items.0', detail: 'too small' },
        { field: 'pay.a', detail: 'unrecognized' },
        { field: 'pay.b', detail: 'unrecognized' },
        { field: 'body', detail: 'neither' },
      ],
    })
  })

  test('repeats only so much of it', () => {
    const long = 'x'.repeat(1000)
    const issues = Array.from({ length: 99 }, () => issue([long], long))
    const { errors = [], field, detail } = toProblemBody(invalidInput('invalid-fault', issues))
    expect([errors.length, field?.length, detail.length]).toEqual([flawsMax, 100, 400])
    expect(errors.filter((flaw) => flaw.field.length > 100 || flaw.detail.length > 300)).toEqual([])
  })
})
