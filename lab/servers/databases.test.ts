import { describe, expect, test } from 'bun:test'
import { isAtLeast } from '../tools/find.ts'
import { UserError } from '../user-error.ts'
import { guardDatabaseUrl, guardLockUrls, guardRedisUrl, requireEngineOf } from './databases.ts'
import { serverArguments } from './mariadb.ts'
import { serverArguments as redisArguments } from './redis.ts'

describe('only databases named stampede_* are touched', () => {
  const good = ['mysql://u:p@db:3306/stampede_try', 'mariadb://u@127.0.0.1/stampede_1']
  test.each(good)('%s', (url) => {
    expect(guardDatabaseUrl(url).href).toBe(url.replace('mariadb:', 'mysql:'))
  })

  test.each([
    'mysql://u@db/shop',
    'mysql://u@db/',
    'mysql://u@db',
    'mysql://u@db/stampede',
    'mysql://u@db/stampede_%60;drop',
    'mysql://u@db/xstampede_a',
    'mysql://u@db/stampede_a/b',
    // Arms append their names, and no schema's name may have more than 64 letters.
    `mysql://u@db/stampede_${'a'.repeat(25)}`,
    'postgres://u@db/stampede_a',
    'stampede_a',
    '',
  ])('%p is refused', (url) => {
    expect(() => guardDatabaseUrl(url)).toThrow(UserError)
    expect(() => guardDatabaseUrl(url)).toThrow('DATABASE_URL')
  })

  test('a refusal never repeats a password', () => {
    expect(() => guardDatabaseUrl('mysql:/secret')).toThrow(/^(?!.*secret)/s)
  })
})

test.each([
  ['redis://127.0.0.1:6379', true],
  ['redis://:p@h:1/3', true],
  ['rediss://:p@h:1/3', true],
  ['redis://h/keys', false],
  ['http://h', false],
])('Redis at %s: %p', (url, good) => {
  if (good) expect(guardRedisUrl(url).href).toBe(url)
  else expect(() => guardRedisUrl(url)).toThrow('REDIS_URL')
})

test('lock servers of the environment are an odd list of Redis URLs', () => {
  const urls = ['redis://:p@h:1', 'rediss://h:2/3', 'redis://i:1']
  expect(guardLockUrls(urls.join(','))).toEqual(urls)
  for (const bad of ['redis://h:1', 'redis://h:1/keys,redis://h:2,redis://h:3', 'h,i,j', '']) {
    expect(() => guardLockUrls(bad)).toThrow(UserError)
    expect(() => guardLockUrls(bad)).toThrow('REDLOCK_URLS')
  }
  expect(() => guardLockUrls('secret,redis://h:1')).toThrow(/^(?!.*secret).*URL 1 .*not 2/s)
})

test('both flavours are durable and on loopback', () => {
  for (const companion of ['mariadb-install-db', null]) {
    const words = serverArguments({ companion, root: null }, '/d', 1234)
    expect(words[0]).toBe('--no-defaults')
    for (const word of [
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-doublewrite=ON',
      '--bind-address=127.0.0.1',
      '--datadir=/d',
      '--port=1234',
      '--local-infile=0',
      companion ? '--secure-file-priv=/d-files' : '--secure-file-priv=NULL',
    ]) {
      expect(words).toContain(word)
    }
  }
  const mysql = serverArguments({ companion: null, root: '/b' }, '/d', 1)
  expect(mysql).toContain('--basedir=/b/usr')
  expect(mysql).toContain('--skip-log-bin')
})

test('a server of the environment is the one that was asked for, or refused', () => {
  for (const asked of ['mariadb', undefined] as const) requireEngineOf('10.11.6-MariaDB', asked)
  requireEngineOf('9.7.4-2', 'mysql')
  const why = 'DATABASE_URL leads to MariaDB, and --database is mysql'
  expect(() => requireEngineOf('10.11.6-MariaDB', 'mysql')).toThrow(why)
  expect(() => requireEngineOf('8.4.2', 'mariadb')).toThrow('DATABASE_URL leads to MySQL')
})

test('Redis is durable and evicts nothing', () => {
  const words = redisArguments('/d', 1234).join(' ')
  expect(words).toContain('--appendonly yes')
  expect(words).toContain('--maxmemory-policy noeviction')
  expect(words).toContain('--bind 127.0.0.1')
})

test.each([
  ['2.2.0', '2.2.0', true],
  ['2.10.0', '2.2.0', true],
  ['2.1.9', '2.2.0', false],
  ['1.26', '1.25.0', true],
  ['1.9.7', '1.25.0', false],
])('version %s is at least %s: %p', (a, b, expected) => expect(isAtLeast(a, b)).toBe(expected))

test('servers that share a machine take no more of it together than one alone', () => {
  const words = (parts: number) =>
    serverArguments({ companion: 'x', root: null }, '/d', 1, parts).filter((word) =>
      /buffer-pool-size|log-file-size/.test(word),
    )
  expect(words(1)).toEqual(['--innodb-buffer-pool-size=512M', '--innodb-log-file-size=256M'])
  expect(words(2)).toEqual(['--innodb-buffer-pool-size=256M', '--innodb-log-file-size=128M'])
})
