import { describe, expect, spyOn, test } from 'bun:test'
import { textRequest } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import { bankInMemory } from '../testing/pretend-bank.ts'

type Body = Record<string, unknown>

function newBank(sleep: (ms: number) => Promise<void> = async () => {}, mayBeCleared = false) {
  const { app } = bankInMemory({ latencyMs: 80, partnersLatencyMs: 5, mayBeCleared, sleep })
  const send = async (method: string, path: string, body?: unknown, headers = {}) => {
    const text = body === undefined ? null : JSON.stringify(body)
    const json = { 'content-type': 'application/json' }
    const reply = await app.request(path, { method, body: text, headers: { ...json, ...headers } })
    const content = await reply.text()
    const isJson = reply.headers.get('content-type')?.includes('json')
    return { status: reply.status, body: (isJson ? JSON.parse(content) : {}) as Body }
  }
  const charge = (reference: string, change: object = {}, headers = {}) =>
    send(
      'POST',
      '/v1/charges',
      { reference, amountMinor: 500, cardToken: 'ok', ...change },
      headers,
    )
  return { app, send, charge, ledger: async () => (await send('GET', '/v1/ledger')).body.charges }
}

const captured = { reference: 'a', amountMinor: 500, status: 'captured' }
const declined = { reference: 'a', amountMinor: 500, status: 'declined' }

test('a bank without that setting has no route to empty its ledger', async () => {
  const { send, charge } = newBank()
  await charge('a')
  expect((await send('DELETE', '/v1/ledger')).status).toBe(405)
  expect((await send('GET', '/v1/ledger')).body.charges).toHaveLength(1)
})

test('a ledger that is deleted is empty, of charges and of deliveries', async () => {
  const { charge, ledger, send } = newBank(undefined, true)
  await charge('a')
  await send('POST', '/partners/messages', {}, { 'x-event-id': 'e1' })
  expect(await send('DELETE', '/v1/ledger')).toMatchObject({ status: 204 })
  expect(await ledger()).toEqual([])
  expect((await send('GET', '/partners/ledger')).body.deliveries).toEqual([])
  expect((await charge('a', { amountMinor: 700 })).status).toBe(200)
})

describe('a charge', () => {
  test('is captured once however often it is sent, at once or later', async () => {
    const { charge, ledger, send } = newBank()
    const replies = await Promise.all(Array.from({ length: 20 }, () => charge('a')))
    for (const reply of [...replies, await charge('a')]) {
      expect(reply).toEqual({ status: 200, body: captured })
    }
    expect(await ledger()).toEqual([captured])
    expect((await send('GET', '/v1/charges/a')).body).toEqual(captured)
  })

  test('of the declined card stays declined, whichever card comes next', async () => {
    const { charge, ledger } = newBank()
    expect((await charge('a', { cardToken: 'card-declined' })).body).toEqual(declined)
    expect((await charge('a')).body).toEqual(declined)
    expect(await ledger()).toEqual([declined])
  })

  test('under a known reference with another amount is 409 and changes nothing', async () => {
    const { charge, ledger } = newBank()
    await charge('a')
    expect(await charge('a', { amountMinor: 501 })).toMatchObject({
      status: 409,
      body: { code: 'amount-conflict', definite: true, field: 'amountMinor' },
    })
    expect(await ledger()).toEqual([captured])
  })

  test('unknown to the bank is 404', async () => {
    const { send } = newBank()
    expect(await send('GET', '/v1/charges/a')).toMatchObject({
      status: 404,
      body: { code: 'charge-not-found' },
    })
  })
})

describe('a void', () => {
  test('refunds what was captured, once, and a repeat of the charge takes no money', async () => {
    const { charge, ledger, send } = newBank()
    await charge('a')
    for (let turn = 0; turn < 2; turn++) {
      expect((await send('POST', '/v1/charges/a/void')).body.status).toBe('refunded')
    }
    expect((await charge('a')).body).toEqual(declined)
    expect(await ledger()).toEqual([{ ...captured, status: 'refunded' }])
  })

  test('before the charge makes it declined when it comes', async () => {
    const { charge, ledger, send } = newBank()
    const voided = { reference: 'a', amountMinor: 0, status: 'voided' }
    expect((await send('POST', '/v1/charges/a/void')).body).toEqual(voided)
    expect((await charge('a')).body).toEqual(declined)
    expect((await send('POST', '/v1/charges/a/void')).body).toEqual(voided)
    expect(await ledger()).toEqual([voided])
  })

  test('of a declined charge leaves it declined', async () => {
    const { charge, send } = newBank()
    await charge('a', { cardToken: 'card-declined' })
    expect((await send('POST', '/v1/charges/a/void')).body).toEqual(declined)
  })
})

describe('faults that travel with the call', () => {
  test('error charges nothing, and is not definite about a reference charged before', async () => {
    const { charge, ledger } = newBank()
    const refused = { status: 503, body: { code: 'bank-error', definite: true } }
    expect(await charge('a', {}, { 'x-bank-outcome': 'error' })).toMatchObject(refused)
    expect(await ledger()).toEqual([])
    await charge('a')
    const again = await charge('a', {}, { 'x-bank-outcome': 'error' })
    expect(again).toMatchObject({ status: 503, body: { definite: false } })
  })

  test('lost charges, and answers nothing until the client hangs up', async () => {
    const { app, ledger } = newBank()
    const client = new AbortController()
    let answered = false
    const reply = Promise.resolve(
      app.request('/v1/charges', {
        method: 'POST',
        body: JSON.stringify({ reference: 'a', amountMinor: 500, cardToken: 'ok' }),
        headers: { 'content-type': 'application/json', 'x-bank-outcome': 'lost' },
        signal: client.signal,
      }),
    ).then((response) => {
      answered = true
      return response
    })
    await eventually('it is charged', async () => Bun.deepEquals(await ledger(), [captured]))
    expect(answered).toBe(false)
    client.abort()
    expect((await reply).status).toBe(504)
  })

  test('latency is added to the bank’s own, which varies by a quarter by seed', async () => {
    const runs = [0, 1].map(async () => {
      const slept: number[] = []
      const { charge, send } = newBank(async (ms) => void slept.push(ms))
      for (let i = 0; i < 50; i++) await charge(`r${i}`)
      await charge('slow', {}, { 'x-bank-latency-ms': '30000' })
      await send('GET', '/v1/charges/slow')
      await send('POST', '/partners/messages', {}, { 'x-event-id': 'e' })
      return slept
    })
    const [slept = [], again] = await Promise.all(runs)
    expect(slept).toEqual(again ?? [])
    expect(slept.length).toBe(52)
    expect(slept.pop()).toBe(5)
    const own = slept.map((ms) => (ms > 30_000 ? ms - 30_000 : ms))
    expect(Math.min(...own)).toBeWithin(60, 70)
    expect(Math.max(...own)).toBeWithin(90, 100)
  })

  test.each([
    ['x-bank-latency-ms', '30001'],
    ['x-bank-latency-ms', '-1'],
    ['x-bank-latency-ms', '1.5'],
    ['x-bank-latency-ms', 'soon'],
    ['x-bank-outcome', 'explode'],
    ['x-bank-outcome', ''],
  ])('%s: %s is 400 and charges nothing', async (header, value) => {
    const { charge, ledger } = newBank()
    const reply = await charge('a', {}, { [header]: value })
    expect(reply).toMatchObject({ status: 400, body: { field: header, definite: true } })
    expect(await ledger()).toEqual([])
  })
})

describe('bad input is a 400 that names the field', () => {
  test.each([
    [{ reference: '' }, 'reference'],
    [{ reference: 'a b' }, 'reference'],
    [{ reference: 'a'.repeat(129) }, 'reference'],
    [{ amountMinor: 0 }, 'amountMinor'],
    [{ amountMinor: 1.5 }, 'amountMinor'],
    [{ amountMinor: 2 ** 53 }, 'amountMinor'],
    [{ amountMinor: '5' }, 'amountMinor'],
    [{ cardToken: '' }, 'cardToken'],
    [{ extra: 1 }, 'extra'],
  ])('%j', async (change, field) => {
    const { charge, ledger } = newBank()
    expect(await charge('a', change)).toMatchObject({ status: 400, body: { field } })
    expect(await ledger()).toEqual([])
  })

  test('a body that is not JSON, a reference in the path', async () => {
    const { app, send } = newBank()
    const reply = await app.request('/v1/charges', textRequest('POST', '{'))
    expect(reply.status).toBe(400)
    expect((await send('GET', '/v1/charges/a%20b')).body).toMatchObject({ field: 'reference' })
    expect((await send('POST', '/v1/charges/a%2Fb/void')).status).toBe(400)
  })
})

describe('a partner', () => {
  test('counts each event by its id, from the header or, as Slack’s sink, the body', async () => {
    const { send } = newBank()
    for (const sink of ['data-platform', 'data-platform', 'messages']) {
      const reply = await send('POST', `/partners/${sink}`, {}, { 'x-event-id': 'e1' })
      expect(reply.status).toBe(200)
    }
    await send('POST', '/partners/slack', { text: 'x', eventId: 'e2' })
    expect((await send('GET', '/partners/ledger')).body.deliveries).toEqual([
      { sink: 'data-platform', eventId: 'e1', count: 2 },
      { sink: 'messages', eventId: 'e1', count: 1 },
      { sink: 'slack', eventId: 'e2', count: 1 },
    ])
  })

  test('takes many events at once, each with an outcome of its own', async () => {
    const { send } = newBank()
    await send('PUT', '/partners/messages/failure', { rate: 0.5 })
    const events = ['a', 'b', 'c'].map((eventId) => ({ eventId, body: { any: 'thing' } }))
    expect(await send('POST', '/partners/messages/batch', { events })).toMatchObject({
      status: 200,
      body: {
        outcomes: [
          { eventId: 'a', status: 'done' },
          { eventId: 'b', status: 'failed' },
          { eventId: 'c', status: 'done' },
        ],
      },
    })
    expect((await send('GET', '/partners/ledger')).body.deliveries).toHaveLength(2)
    for (const [body, field] of [
      [{ events: [] }, 'events'],
      [{ events: [{ eventId: 'a b', body: 1 }] }, 'events.0.eventId'],
    ] as const) {
      const reply = await send('POST', '/partners/messages/batch', body)
      expect(reply).toMatchObject({ status: 400, body: { field } })
    }
  })

  test('fails exactly the share that was set, and records none of those', async () => {
    const { send } = newBank()
    const statuses = async (rate: number, count: number) => {
      await send('PUT', '/partners/messages/failure', { rate })
      const event = (i: number) =>
        send('POST', '/partners/messages', {}, { 'x-event-id': `${rate}-${i}` })
      const replies = await Promise.all(Array.from({ length: count }, (_, i) => event(i)))
      return replies.map((reply) => reply.status)
    }
    expect(await statuses(1, 3)).toEqual([503, 503, 503])
    expect(await statuses(0.5, 4)).toEqual([200, 503, 200, 503])
    expect((await statuses(0.1, 30)).filter((status) => status === 503)).toHaveLength(3)
    expect(await statuses(0, 3)).toEqual([200, 200, 200])
    const other = await send('POST', '/partners/slack', {}, { 'x-event-id': 'e' })
    expect(other.status).toBe(200)
    expect((await send('GET', '/partners/ledger')).body.deliveries).toHaveLength(2 + 27 + 3 + 1)
  })

  test('refuses what it cannot count or does not know', async () => {
    const { send } = newBank()
    expect(await send('POST', '/partners/slack', {})).toMatchObject({
      status: 400,
      body: { field: 'x-event-id' },
    })
    const unknown = await send('POST', '/partners/unknown', {}, { 'x-event-id': 'e' })
    expect(unknown).toMatchObject({ status: 400, body: { field: 'sink' } })
    for (const rate of [-0.1, 1.1, '1', undefined]) {
      const reply = await send('PUT', '/partners/slack/failure', { rate })
      expect(reply).toMatchObject({ status: 400, body: { field: 'rate' } })
    }
  })
})

test('a lost answer leaves no listener on the signal by which the bank stops', async () => {
  const { signal } = new AbortController()
  const [added, removed] = [spyOn(signal, 'addEventListener'), spyOn(signal, 'removeEventListener')]
  const { app } = bankInMemory({ sleep: async () => {}, stopping: signal })
  const client = new AbortController()
  const headers = { 'content-type': 'application/json', 'x-bank-outcome': 'lost' }
  const body = JSON.stringify({ reference: 'a', amountMinor: 500, cardToken: 'ok' })
  const init = { method: 'POST', headers, body, signal: client.signal }
  const answer = app.request('/v1/charges', init)
  await eventually('it is held', async () => added.mock.calls.length > 0)
  client.abort()
  expect((await answer).status).toBe(504)
  expect(removed.mock.calls.length).toBe(added.mock.calls.length)
})
