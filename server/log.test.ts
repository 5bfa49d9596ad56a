import { expect, spyOn, test } from 'bun:test'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { described, log, logError } from './log.ts'

const state = JSON.stringify({ payment: { method: 'card', cardToken: 'card-4711' } })

function failedStatement() {
  const driver = Object.assign(new Error(`Duplicate entry '${state}' for key 'x'`), {
    errno: 1062,
    code: 'ER_DUP_ENTRY',
    sqlState: '23000',
  })
  return new DrizzleQueryError('insert into sagas\n  values (?, ?)', [1, state], driver)
}

const lineOf = (write: () => void): string => {
  using written = spyOn(console, 'error').mockImplementation(() => {})
  write()
  return written.mock.calls.flat().join(' ')
}

test('of a statement that failed the line has shape and number, and no value', () => {
  const words = 'failed query insert into sagas values (?, ?) < ER_DUP_ENTRY 1062 (23000)'
  expect(described(failedStatement())).toBe(words)
})

test('an error is one line, and says where it was thrown', () => {
  const line = lineOf(() => logError('expiry', failedStatement()))
  expect(line).toStartWith('expiry: failed query')
  expect(line).toContain('log.test.ts')
  expect(line).not.toContain('\n')
  expect(line).not.toContain('4711')
})

test.each([
  ['a card token', `state ${state}`, '4711'],
  ['one in quoted JSON', JSON.stringify(state), '4711'],
  ['a header', 'authorization: Bearer abc123', 'abc123'],
  ['a password of an address', 'mysql://root:hunter2@127.0.0.1:3306/x', 'hunter2'],
])('%s is not written', (_what, text, secret) => {
  expect(lineOf(() => log(text))).not.toContain(secret)
  expect(described(new Error(text))).not.toContain(secret)
})

test('what is no error is described as it is', () => {
  expect(described('away')).toBe('away')
})
