import { describe, expect, spyOn, test } from 'bun:test'
import { Registry } from 'prom-client'
import { memoryMarks } from '../testing/memory-marks.ts'
import { createTicketsFetch } from './app.ts'
import { registerSequenceMetrics } from './metrics.ts'
import {
  SequenceExhausted,
  SequenceRetired,
  Sequences,
  type SequencesOptions,
} from './sequences.ts'

const newServer = (lease: SequencesOptions['lease'] = memoryMarks(100).lease) => {
  const sequences = new Sequences({ lease })
  const registry = new Registry()
  registerSequenceMetrics(registry, sequences)
  return createTicketsFetch(sequences, registry)
}
type Server = ReturnType<typeof newServer>

const ask = (server: Server, path: string, init?: RequestInit) =>
  server(new Request(`http://tickets${path}`, init))

const post = (server: Server, body: unknown) =>
  ask(server, '/v1/ranges', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const postOne = (server: Server, sequence: string) =>
  ask(server, `/v1/ids/${sequence}`, { method: 'POST' })

test('hands out ranges as decimal strings and lists its sequences', async () => {
  const server = newServer()
  const reply = await post(server, { sequence: 'orders', count: 15 })
  expect(reply.status).toBe(200)
  expect(await reply.json()).toEqual({ first: '100', last: '114' })
  const listed = await (await ask(server, '/v1/sequences')).json()
  const { sequences } = listed as { sequences: Record<string, unknown>[] }
  const orders = sequences[0] ?? {}
  expect(orders).toMatchObject({ sequence: 'orders', next: '115', step: 10_000 })
  expect(orders.buffered).toBe(Number(orders.highWater) - 114)
  expect((await ask(server, '/healthz')).status).toBe(200)
})

test('hands out one id a request, buffered or not, for a known name only', async () => {
  const server = newServer()
  const replies = [await postOne(server, 'orders'), await postOne(server, 'orders')]
  expect(replies.map(({ status }) => status)).toEqual([200, 200])
  const contentTypes = replies.map(({ headers }) => headers.get('content-type'))
  expect(new Set(contentTypes)).toEqual(new Set(['application/json']))
  const ids = await Promise.all(replies.map((reply) => reply.json()))
  expect(ids).toEqual([{ id: '100' }, { id: '101' }])
  for (const path of ['Orders', '%20', 'a'.repeat(33), 'or-ders']) {
    const reply = await postOne(server, path)
    expect(await reply.json()).toMatchObject({ status: 400, field: 'sequence', definite: true })
  }
  expect((await ask(server, '/v1/ids/orders')).status).toBe(405)
  expect((await ask(server, '/x/v1/ids/orders', { method: 'POST' })).status).toBe(404)
})

test('of a sequence that another source has, nothing is leased', async () => {
  const lease = () => Promise.reject(new SequenceRetired('change 7 moved orders'))
  const server = newServer(lease)
  const reply = await post(server, { sequence: 'orders', count: 1 })
  expect([reply.status, await reply.json()]).toEqual([
    409,
    expect.objectContaining({ code: 'sequence-retired', detail: 'change 7 moved orders' }),
  ])
})

test('ids above the one that the client names, whatever was leased before', async () => {
  const { lease, marks } = memoryMarks(100)
  const server = newServer(lease)
  await post(server, { sequence: 'orders', count: 1 })
  marks.set('orders', 500_000)
  const reply = await post(server, { sequence: 'orders', count: 2, above: 500_000 })
  expect(await reply.json()).toEqual({ first: '500001', last: '500002' })
  for (const above of [-1, 0.5, '7', 2 ** 53]) {
    const refused = await post(server, { sequence: 'orders', count: 2, above })
    expect(await refused.json()).toMatchObject({ status: 400, field: 'above' })
  }
})

test('a name that is not the shop’s is refused, and leaves no trace', async () => {
  const server = newServer()
  for (let index = 0; index < 64; index++) {
    const sequence = `a${'_'.repeat(index % 31)}${'bc'.charAt(index % 2)}`
    expect((await post(server, { sequence, count: 100_000 })).status).toBe(400)
    expect((await postOne(server, sequence)).status).toBe(400)
  }
  expect(await (await ask(server, '/v1/sequences')).json()).toEqual({ sequences: [] })
  expect((await postOne(server, 'orders')).status).toBe(200)
})

test('lists what it has handed out', async () => {
  const server = newServer()
  await post(server, { sequence: 'orders', count: 15 })
  await postOne(server, 'orders')
  const text = await (await ask(server, '/metrics')).text()
  expect(text).toContain('stampede_ticket_server_ids_total{sequence="orders"} 16')
  expect(text).toContain('stampede_ticket_server_step_ids{sequence="orders"} 10000')
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
    [{ sequence: 'orders', count: 1, extra: true }, 'extra'],
  ]
  test.each(cases)('%j', async (body, field) => {
    const reply = await post(newServer(), body)
    expect(reply.status).toBe(400)
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
    const problem = await reply.json()
    expect(problem).toMatchObject({ status: 400, definite: true, ...(field ? { field } : {}) })
  })
})

test('an exhausted sequence is 409, an unknown route 404', async () => {
  const exhausted = newServer(() => Promise.reject(new SequenceExhausted('no ids left')))
  expect((await post(exhausted, { sequence: 'orders', count: 2 })).status).toBe(409)
  expect((await ask(newServer(), '/nothing')).status).toBe(404)
})

test('without a lease the answer is 503 without internal text, no id consumed', async () => {
  const log = spyOn(console, 'error').mockImplementation(() => {})
  const { lease } = memoryMarks(100)
  let isDown = true
  const server = newServer(async (...range) => {
    if (isDown) throw new Error('ECONNREFUSED secret.host')
    return lease(...range)
  })
  const reply = await post(server, { sequence: 'orders', count: 1 })
  expect(reply.status).toBe(503)
  expect(await reply.text()).not.toContain('secret')
  expect((await postOne(server, 'orders')).status).toBe(503)
  log.mockRestore()
  isDown = false
  const again = await post(server, { sequence: 'orders', count: 1 })
  expect(await again.json()).toEqual({ first: '100', last: '100' })
})
