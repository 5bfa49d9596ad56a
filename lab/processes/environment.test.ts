import { expect, test } from 'bun:test'
import { childEnvironment, fetchEnvironment, notableVariables } from './environment.ts'

const office = {
  PATH: '/bin',
  HOME: '/home/김',
  LANG: '',
  http_proxy: 'http://proxy:3128',
  HTTPS_PROXY: 'http://proxy:3128',
  NO_PROXY: 'example.com',
  LD_LIBRARY_PATH: '/opt/lib',
  LD_PRELOAD: 'libeatmydata.so',
  STAMPEDE_POOL_CONNECTIONS: '1',
  STAMPEDE_TOOLS: 'cache',
  GOPROXY: 'off',
  GF_SERVER_CERT_FILE: '/else',
  DATABASE_URL: 'mysql://shop',
  AWS_SECRET_ACCESS_KEY: 'secret',
}

test('a child gets what it needs and nothing else', () => {
  expect(childEnvironment(office)).toEqual({
    PATH: '/bin',
    HOME: '/home/김',
    STAMPEDE_TOOLS: 'cache',
    LD_LIBRARY_PATH: '/opt/lib',
  })
})

test('a folder for temporary files that cannot be written counts as unset', () => {
  expect(childEnvironment({ TMPDIR: '/absent/folder' })).toEqual({})
  expect(childEnvironment({ TMPDIR: import.meta.path })).toEqual({})
  expect(childEnvironment({ TMPDIR: import.meta.dir })).toEqual({ TMPDIR: import.meta.dir })
})

test('what fetches and builds also gets proxies and the settings of Go', () => {
  expect(Object.keys(fetchEnvironment(office)).sort()).toEqual(
    'GOPROXY HOME HTTPS_PROXY LD_LIBRARY_PATH NO_PROXY PATH STAMPEDE_TOOLS http_proxy'.split(' '),
  )
})

test('the report lists what could have mattered, by name only', () => {
  expect(notableVariables(office)).toEqual([
    'HTTPS_PROXY (kept from the run)',
    'LD_LIBRARY_PATH (passed on)',
    'LD_PRELOAD (kept from the run)',
    'STAMPEDE_POOL_CONNECTIONS (kept from the run)',
    'http_proxy (kept from the run)',
  ])
})
