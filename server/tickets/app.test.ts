import { describe, expect, spyOn, test } from 'bun:test'
import { createTicketsApp } from './app.ts'
import { createAllocator } from './ranges.ts'

const newApp = (start = 100, persist = () => {}) =>
  createTicketsApp(createAllocator({ start, step: 10, saved: new Map(), persist }))

const post = (app: ReturnType<typeof newApp>, body: unknown) =>
  app.request('/v1/ranges', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

test('hands out ranges as decimal strings and lists its sequences', async () => {
  const app = newApp()
  const reply = await post(app, { sequence: 'orders', count: 15 })
  expect(reply.status).toBe(200)
  expect(await reply.json()).toEqual({ first: '100', last: '114' })
  expect(await (await app.request('/v1/sequences')).json()).toEqual({
    sequences: [{ sequence: 'orders', next: '115', highWater: '124' }],
  })
  expect((await app.request('/healthz')).status).toBe(200)
})

describe('bad input is a 400 that names the field', () => {
  const cases: [unknown, string | undefined][] = [
    ['{', undefined],
    [[], 'body'],
    [{ sequence: 'Orders', count: 1 }, 'sequence'],
    [{ sequence: 'a'.repeat(33), count: 1 }, 'sequence'],
    [{ sequence: '__proto__', count: 1 }, 'sequence'],
    [{ count: 1 }, 'sequence'],
    [{ sequence: 'orders', count: 0 }, 'count'],
    [{ sequence: 'orders', count: 100_001 }, 'count'],
    [{ sequence: 'orders', count: 1.5 }, 'count'],
    [{ sequence: 'orders', count: '5' }, 'count'],
    [{ sequence: 'orders', count: 1, extra: true }, 'body'],
  ]
  test.each(cases)('%j', async (body, field) => {
    const reply = await post(newApp(), body)
    expect(reply.status).toBe(400)
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
    const problem = await reply.json()
    expect(problem).toMatchObject({ status: 400, definite: true, ...(field ? { field } : {}) })
  })
})

test('an exhausted sequence is 409, a 65th sequence 400, an unknown route 404', async () => {
  expect((await post(newApp(2 ** 53 - 1), { sequence: 'orders', count: 2 })).status).toBe(409)
  const app = newApp()
  for (let i = 0; i < 64; i++) {
    const sequence = `s${'abcd'.charAt(i % 4)}${'_'.repeat(i >> 2)}`
    expect((await post(app, { sequence, count: 1 })).status).toBe(200)
  }
  const reply = await post(app, { sequence: 'one_more', count: 1 })
  expect(await reply.json()).toMatchObject({ status: 400, field: 'sequence' })
  expect((await app.request('/nothing')).status).toBe(404)
})

test('a mark that cannot be saved is 503 without internal text, no id consumed', async () => {
  const log = spyOn(console, 'error').mockImplementation(() => {})
  let full = true
  const app = newApp(100, () => {
    if (full) throw new Error('ENOSPC /secret/path')
  })
  const reply = await post(app, { sequence: 'orders', count: 1 })
  expect(reply.status).toBe(503)
  expect(await reply.text()).not.toContain('secret')
  expect(log).toHaveBeenCalledTimes(1)
  log.mockRestore()
  full = false
  const again = await post(app, { sequence: 'orders', count: 1 })
  expect(await again.json()).toEqual({ first: '100', last: '100' })
})
