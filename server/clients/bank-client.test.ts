import { describe, expect, test } from 'bun:test'
import { bankInMemory } from '../testing/pretend-bank.ts'
import {
  type BankClientOptions,
  BankRefused,
  BankUnavailable,
  createBankClient,
} from './bank-client.ts'

type Send = NonNullable<BankClientOptions['send']>

const newClient = (send: Send) => createBankClient({ url: 'http://bank', timeoutMs: 20, send })

function newBank() {
  const { app } = bankInMemory({ sleep: async () => {} })
  return newClient(async (url, init) => {
    const reply = app.request(url, init)
    // As on a socket: the deadline cuts the call, whatever the bank is doing.
    const cut = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })
    return Promise.race([reply, cut])
  })
}

const request = { reference: 'a', amountMinor: 500, cardToken: 'ok' }

test('captured, declined, refunded, voided, absent', async () => {
  const bank = newBank()
  expect(await bank.find('a')).toBe('absent')
  expect(await bank.charge(request)).toBe('captured')
  expect(await bank.find('a')).toBe('captured')
  expect(await bank.void('a')).toBe('refunded')
  expect(await bank.find('a')).toBe('refunded')
  expect(await bank.charge(request)).toBe('declined')
  expect(await bank.void('b')).toBe('voided')
  expect(await bank.find('b')).toBe('voided')
  expect(await bank.charge({ ...request, reference: 'b' })).toBe('declined')
  const declined = { ...request, reference: 'c', cardToken: 'card-declined' }
  expect(await bank.charge(declined)).toBe('declined')
  expect(await bank.find('c')).toBe('declined')
  expect(await bank.void('c')).toBe('voided')
})

test('an answer lost after charging is unknown, and later found as captured', async () => {
  const bank = newBank()
  expect(await bank.charge(request, { 'x-bank-outcome': 'lost' })).toBe('unknown')
  expect(await bank.find('a')).toBe('captured')
  expect(await bank.charge(request)).toBe('captured')
  expect(await bank.void('a')).toBe('refunded')
})

test('a definite refusal is thrown; about a reference charged before it is unknown', async () => {
  const bank = newBank()
  const error = { 'x-bank-outcome': 'error' }
  await expect(bank.charge(request, error)).rejects.toBeInstanceOf(BankUnavailable)
  expect(await bank.find('a')).toBe('absent')
  await bank.charge(request)
  expect(await bank.charge(request, error)).toBe('unknown')
})

test('a call that the bank finds wrong is refused, with its code', async () => {
  const bank = newBank()
  await bank.charge(request)
  const conflict = bank.charge({ ...request, amountMinor: 1 })
  await expect(conflict).rejects.toBeInstanceOf(BankRefused)
  await expect(conflict).rejects.toMatchObject({ status: 409, code: 'amount-conflict' })
  await expect(bank.charge({ ...request, amountMinor: 0 })).rejects.toMatchObject({ status: 400 })
})

describe('what the bank did not clearly say is unknown', () => {
  const problem = (status: number, definite: unknown, code = 'bank-error') =>
    Response.json({ code, detail: 'x', definite }, { status })
  const answers: [string, () => Promise<Response> | Response][] = [
    ['connection lost', () => Promise.reject(new TypeError('fetch failed'))],
    ['not JSON', () => new Response('<html>')],
    ['nothing', () => new Response('')],
    ['another reference', () => Response.json({ reference: 'b', status: 'captured' })],
    ['another status word', () => Response.json({ reference: 'a', status: 'paid' })],
    [
      'a charge with status 500',
      () => Response.json({ reference: 'a', status: 'captured' }, { status: 500 }),
    ],
    ['503 of a proxy', () => new Response('bad gateway', { status: 503 })],
    ['503 that is not definite', () => problem(503, false)],
    ['503 with definite as text', () => problem(503, 'true')],
    ['500 that claims to be definite', () => problem(500, true)],
    ['504', () => problem(504, false)],
    ['404 of something else', () => new Response('{}', { status: 404 })],
  ]
  test.each(answers)('%s', async (_, answer) => {
    const bank = newClient(async () => answer())
    expect(await bank.charge(request)).toBe('unknown')
    expect(await bank.find('a')).toBe('unknown')
    expect(await bank.void('a')).toBe('unknown')
  })

  test('404 by a definite problem of another code is not absence', async () => {
    const bank = newClient(async () => problem(404, true, 'no-such-route'))
    expect(await bank.find('a')).toBe('unknown')
    expect(await bank.void('a')).toBe('unknown')
  })

  test('absence reported with another status than 404 is not absence', async () => {
    const bank = newClient(async () => problem(500, true, 'charge-not-found'))
    expect(await bank.find('a')).toBe('unknown')
  })

  test('a body that stops half way, at the deadline', async () => {
    const bank = newClient(async (_, init) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"reference":"a",'))
          init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
        },
      })
      return new Response(body)
    })
    expect(await bank.charge(request)).toBe('unknown')
  })
})

describe('a bank that cannot be reached', () => {
  const refused = () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))

  test('has charged nothing, unless an earlier call of the reference may have', async () => {
    let isUp = false
    const { app } = bankInMemory({ sleep: async () => {} })
    const bank = newClient(async (url, init) => (isUp ? app.request(url, init) : refused()))
    await expect(bank.charge(request)).rejects.toBeInstanceOf(BankUnavailable)
    expect([await bank.find('a'), await bank.void('a')]).toEqual(['unknown', 'unknown'])
    isUp = true
    expect(await bank.charge(request)).toBe('captured')
    isUp = false
    expect(await bank.charge(request)).toBe('unknown')
  })

  test('is not asked by everybody, whether it refuses or swallows', async () => {
    for (const fails of [refused, () => Promise.reject(new TypeError('lost'))]) {
      let asked = 0
      const bank = newClient(async () => {
        asked += 1
        return fails()
      })
      const charge = (reference: number) =>
        bank.charge({ ...request, reference: `a-${reference}` }).catch(() => 'refused')
      for (let one = 0; one < 50; one += 1) await charge(one)
      expect([asked, bank.isAway(), await charge(51)]).toEqual([10, true, 'refused'])
    }
  })

  test('a port without a listener is one', async () => {
    const bank = createBankClient({ url: 'http://127.0.0.1:1' })
    await expect(bank.charge(request)).rejects.toBeInstanceOf(BankUnavailable)
  })
})
