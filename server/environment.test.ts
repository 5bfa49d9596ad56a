import { expect, test } from 'bun:test'
import { z } from 'zod'
import {
  BadEnvironment,
  integerSetting,
  listenEnvironment,
  parseEnvironment,
  portSetting,
} from './environment.ts'

const schema = z.object({
  DATABASE_URL: z.string(),
  BANK_LATENCY_MS: integerSetting(0, 30_000, 80),
  STAMPEDE_PORT: portSetting,
})

test('parses, fills defaults, and takes an empty variable for an unset one', () => {
  const env = { DATABASE_URL: 'x', BANK_LATENCY_MS: '', STAMPEDE_PORT: '8080', HOME: '/root' }
  expect(parseEnvironment(schema, env)).toEqual({
    DATABASE_URL: 'x',
    BANK_LATENCY_MS: 80,
    STAMPEDE_PORT: 8080,
  })
})

test('names every bad variable and never its value', () => {
  const parse = () =>
    parseEnvironment(schema, { BANK_LATENCY_MS: 'secret', STAMPEDE_PORT: '70000' })
  expect(parse).toThrow(BadEnvironment)
  expect(parse).toThrow(
    [
      'bad environment:',
      '  DATABASE_URL is missing',
      '  BANK_LATENCY_MS: must be a whole number from 0 to 30000',
      '  STAMPEDE_PORT: must be a whole number from 0 to 65535',
    ].join('\n'),
  )
})

test.each(['-1', '1.5', '1e3', '0x10', ' 1', '99999999999999999999'])('%s is refused', (text) => {
  expect(() => parseEnvironment(z.object({ A: integerSetting(0, 9e15, 1) }), { A: text })).toThrow(
    'A: must be a whole number',
  )
})

test('a process listens on loopback unless an address is given', () => {
  const hostOf = (env: Record<string, string>) =>
    parseEnvironment(listenEnvironment, env).STAMPEDE_HOST
  expect(hostOf({})).toBe('127.0.0.1')
  expect(hostOf({ STAMPEDE_HOST: '' })).toBe('127.0.0.1')
  expect(hostOf({ STAMPEDE_HOST: '::1' })).toBe('::1')
  for (const host of ['0.0.0.0', '::', '10.0.0.1']) {
    expect(hostOf({ STAMPEDE_HOST: host, STAMPEDE_ALLOWED_HOSTS: 'api,10.0.0.1' })).toBe(host)
    expect(() => hostOf({ STAMPEDE_HOST: host })).toThrow('STAMPEDE_HOST: opens the process')
  }
  for (const bad of ['*', 'localhost', 'example.org', '10.0.0', '127.0.0.1:80']) {
    expect(() => hostOf({ STAMPEDE_HOST: bad })).toThrow('STAMPEDE_HOST: must be an IP address')
  }
})
