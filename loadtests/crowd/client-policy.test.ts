import { describe, expect, test } from 'bun:test'
import { askedWaitMs, backoffMs, defaultPolicy, obey, parseClientPolicy } from './client-policy.ts'

const parse = (header: string) => parseClientPolicy(header, defaultPolicy)

describe('x-client-policy', () => {
  test('every word is read; what is not named stays', () => {
    const header = 'attempts=5; timeout-ms=300;backoff=fixed;base-ms=100;jitter=0.25;key=new'
    expect(parse(header)).toEqual({
      attempts: 5,
      timeoutMs: 300,
      backoff: 'fixed',
      baseMs: 100,
      jitter: 0.25,
      key: 'new',
    })
    const rest = 'retry-after=ignore;budget=3;twice=writes;read-attempts=4;read-timeout-ms=500'
    expect(parse(rest)).toEqual({
      ...defaultPolicy,
      retryAfter: 'ignore',
      budget: 3,
      twice: 'writes',
      readAttempts: 4,
      readTimeoutMs: 500,
    })
    expect(parse('attempts=20')).toEqual({ ...defaultPolicy, attempts: 20 })
  })

  test.each([
    '',
    ';',
    'attempts',
    'attempts=',
    'attempts=0',
    'attempts=21',
    'attempts=1e1',
    'attempts=2.5',
    'attempts=-1',
    'attempts=3;attempts=3',
    'attempts=3;tries=4',
    'attempts=3=4',
    'timeout-ms=49',
    'timeout-ms=60001',
    'base-ms=60001',
    'jitter=1.1',
    'jitter=NaN',
    'backoff=linear',
    'key=old',
    'retry-after=obey',
    'budget=1001',
    'twice=reads',
    'read-attempts=0',
    'read-timeout-ms=49',
    'constructor=1',
  ])('%p is refused as a whole', (header) => {
    expect(parse(header)).toBeNull()
    const reported: string[] = []
    expect(obey(header, defaultPolicy, (bad) => reported.push(bad))).toBe(defaultPolicy)
    expect(reported).toEqual([header])
  })

  test('no header means the own policy', () => {
    expect(obey(undefined, defaultPolicy)).toBe(defaultPolicy)
  })
})

test('back-off: none, fixed, doubling up to a minute, and jitter takes from it', () => {
  const noJitter = { ...defaultPolicy, jitter: 0 }
  const half = () => 0.5
  expect(backoffMs({ ...noJitter, backoff: 'none' }, 3, half)).toBe(0)
  expect(backoffMs({ ...noJitter, backoff: 'fixed' }, 3, half)).toBe(200)
  expect([1, 2, 3].map((attempt) => backoffMs(noJitter, attempt, half))).toEqual([200, 400, 800])
  expect(backoffMs(noJitter, 20, half)).toBe(60_000)
  expect(backoffMs(defaultPolicy, 1, half)).toBe(100)
  expect(backoffMs(defaultPolicy, 1, () => 0)).toBe(200)
})

test('a decorrelated back-off is between its base and thrice the last wait, up to a minute', () => {
  const policy = { ...defaultPolicy, backoff: 'decorrelated' } as const
  expect(backoffMs(policy, 1, () => 0)).toBe(200)
  expect(backoffMs(policy, 1, () => 0.5)).toBe(400)
  expect(backoffMs(policy, 2, () => 0.5, 400)).toBe(700)
  expect(backoffMs(policy, 9, () => 0.999, 50_000)).toBe(60_000)
})

test('who does not listen waits for no answer that asks for it', () => {
  expect(askedWaitMs(defaultPolicy, '2')).toBe(2000)
  expect(askedWaitMs({ ...defaultPolicy, retryAfter: 'ignore' }, '2')).toBe(0)
})
