import { describe, expect, test } from 'bun:test'
import {
  carriedName,
  downloadBytes,
  libraryFolders,
  simulatedInstalls,
  withoutCLibrary,
  withoutPerl,
} from './packages.ts'

test('what apt-get -s install would add', () => {
  const output = [
    'Reading package lists...',
    'Inst libjemalloc2 (5.3.0-1 Debian:12.0/stable [amd64])',
    'Inst redis-tools [5:7.0.14] (5:7.0.15-1~deb12u7 Debian-Security:12/stable-security [amd64])',
    'Conf libjemalloc2 (5.3.0-1 Debian:12.0/stable [amd64])',
  ].join('\n')
  expect(simulatedInstalls(output)).toEqual(['libjemalloc2', 'redis-tools'])
})

test('how much apt-get download would fetch', () => {
  const output = [
    "'http://deb.example/pool/a.deb' a_1_amd64.deb 7500000 SHA256:00",
    "'http://deb.example/pool/b.deb' b_5%3a7_amd64.deb 1800000 SHA256:11",
    'W: something else 12',
  ].join('\n')
  expect(downloadBytes(output)).toBe(9_300_000)
  expect(downloadBytes('')).toBe(0)
})

describe('the name a release carries', () => {
  const wanted = 'mariadb-server-core'
  test.each([
    [['mariadb-server-core', 'mariadb-server-core-10.6'], 'mariadb-server-core'],
    [['mariadb-server-core-10.3', 'mariadb-server-core-10.11'], 'mariadb-server-core-10.11'],
    [['mariadb-server-core-compat'], null],
    [[], null],
  ])('%j → %p', (known, name) => expect(carriedName(wanted, known)).toBe(name))
})

test('the C library stays the system’s own', () => {
  expect(withoutCLibrary(['libc6', 'libc6:amd64', 'libcurl4', 'libc-bin'])).toEqual(['libcurl4'])
})

test('perl is left out of what another release is fetched for', () => {
  expect(withoutPerl(['libc6', 'perl-base', 'libperl5.42', 'mysql-server-core'])).toEqual([
    'libc6',
    'mysql-server-core',
  ])
})

test('libraries are looked for in the folders of the architecture first', () => {
  const folders = libraryFolders('/r', ['x86_64-linux-gnu', 'mysql', 'systemd'])
  expect(folders.slice(0, 2)).toEqual(['/r/usr/lib/x86_64-linux-gnu', '/r/usr/lib'])
})
