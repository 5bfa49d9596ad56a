import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { type NeverListened, spawnProcess } from '../spawn-process.ts'
import { jsonRequest } from '../testing/app-for-test.ts'

const entry = join(import.meta.dir, 'main.ts')
const body = { partner: 'partner-1', product: '1', quantity: 1, requestId: 'r-1' }

test('a process of its own asks the issuer, and counts both hops', async () => {
  let asked = 0
  const issuer = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch() {
      asked += 1
      const isEmpty = asked <= 2
      return Response.json(isEmpty ? { code: 'coupon-pool-empty' } : { coupons: [] }, {
        status: isEmpty ? 409 : 201,
      })
    },
  })
  const gateway = await spawnProcess(entry, { ISSUER_URL: `http://127.0.0.1:${issuer.port}` })
  try {
    const answer = await fetch(`${gateway.url}/api/v1/coupons`, jsonRequest('POST', body))
    expect([answer.status, asked]).toEqual([201, 3])
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    expect(metrics).toContain('stampede_gateway_requests_total{arm="after"} 1')
    expect(metrics).toMatch(/stampede_gateway_tries_total\{.*outcome="pool-empty".*\} 2/)
  } finally {
    gateway.kill('SIGKILL')
    await gateway.exited
    await issuer.stop(true)
  }
})

test('an issuer that begins an answer and never ends it has its deadline', async () => {
  const issuer = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
  })
  const gateway = await spawnProcess(entry, {
    ISSUER_URL: `http://127.0.0.1:${issuer.port}`,
    GATEWAY_DEADLINE_MS: '200',
  })
  try {
    const answer = await fetch(`${gateway.url}/api/v1/coupons`, jsonRequest('POST', body))
    expect([answer.status, await answer.json()]).toMatchObject([504, { code: 'issuer-silent' }])
  } finally {
    gateway.kill('SIGKILL')
    await gateway.exited
    await issuer.stop(true)
  }
})

test('settings that are wrong are all named', async () => {
  const wrong = { ISSUER_URL: 'ftp:', GATEWAY_RETRIES: '-1' }
  const failure = await spawnProcess(entry, wrong).catch((error: NeverListened) => error)
  expect(failure).toMatchObject({ exitCode: 4 })
  expect((failure as NeverListened).log).toContain('ISSUER_URL')
  expect((failure as NeverListened).log).toContain('GATEWAY_RETRIES')
})
