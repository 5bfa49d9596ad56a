import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { keepLoopbackDirect } from './loopback.ts'

const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('direct') })
afterAll(() => server.stop(true))

test.each([
  [{}, '127.0.0.1,localhost,::1'],
  [{ NO_PROXY: 'example.com' }, 'example.com,127.0.0.1,localhost,::1'],
  [{ NO_PROXY: '*' }, '*'],
])('%j', (own: NodeJS.ProcessEnv, expected) => {
  keepLoopbackDirect(own)
  expect(own.NO_PROXY).toBe(expected)
})

test.each(['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'])(
  'with %s in the environment a loopback address is asked directly',
  async (name) => {
    const script = `
      const { keepLoopbackDirect } = await import('${join(import.meta.dir, 'loopback.ts')}')
      keepLoopbackDirect()
      console.log(await (await fetch('http://127.0.0.1:${server.port}/')).text())`
    const child = Bun.spawn([process.execPath, '-e', script], {
      env: { PATH: process.env.PATH ?? '', [name]: 'http://127.0.0.1:9' },
      stdout: 'pipe',
    })
    expect((await child.stdout.text()).trim()).toBe('direct')
  },
)
