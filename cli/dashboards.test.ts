import { expect, test } from 'bun:test'
import { readDashboardsOptions } from './dashboards.ts'

test('verify takes a file and an address', () => {
  const raw = ['verify', '--json', '/a/b.json', '--prometheus=http://127.0.0.1:1']
  expect(readDashboardsOptions(raw)).toEqual({
    verb: 'verify',
    jsonFile: '/a/b.json',
    prometheus: 'http://127.0.0.1:1',
  })
})

test.each([
  [[], /build, check, verify/],
  [['verfy'], /did you mean 'verify'/],
  [['build', '--json', 'x'], /--json goes with verify only/],
  [['verify', '--jsn', 'x'], /did you mean '--json'/],
  [['verify', '--json'], /needs a value/],
  [['verify', 'more'], /did not expect 'more'/],
])('%p is refused', (raw, why) => {
  expect(() => readDashboardsOptions(raw)).toThrow(why)
})
