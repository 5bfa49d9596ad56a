import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  customerWho,
  payment,
  problem,
  runJourney,
  scriptedHttp,
  seed,
  users,
} from '../testing/scripted-http.ts'
import type { Answer } from './http.ts'
import { customerOf } from './shopping.ts'

const payer = customerWho((it) => it.leaves === 'never' && !it.buysAtOnce && it.browsesList)
const buyer = customerWho((it) => it.leaves === 'never' && it.buysAtOnce)
const lost: Answer = { status: 0 }

describe('a journey', () => {
  test('goes from the list to the receipt', async () => {
    const http = scriptedHttp()
    const record = await runJourney(http, payer, { design: 'after' })
    const names = http.requests.map(({ name }) => name)
    expect(names[0]).toBe('products')
    expect(names.slice(-3)).toEqual(['cart-add', 'order', 'pay'])
    expect(record).toMatchObject({
      outcome: 'paid',
      checkoutMs: 20,
      order: { outcome: 'ok', keys: [`t-${payer}-o`], id: '55', amountMinor: 900, status: 201 },
      payment: { outcome: 'ok', keys: [`t-${payer}-p`], id: '77', amountMinor: 900 },
    })
    expect(http.requests.every(({ headers }) => headers['x-design'] === 'after')).toBe(true)
    expect(JSON.parse(http.requests.at(-2)?.body ?? '')).toMatchObject({ fromCart: true })
  })

  test('has the requests that kept it waiting, and no others', async () => {
    const plain = scriptedHttp()
    let nowMs = 0
    const send: typeof plain.send = (request) => {
      nowMs += request.name === 'pay' ? 1500 : 999
      return plain.send(request)
    }
    const record = await runJourney({ ...plain, now: () => nowMs, send }, payer)
    const askedMs = record.endedMs - 1500
    expect(record.slow).toEqual([{ name: 'pay', status: 201, askedMs, endedMs: record.endedMs }])
    expect(await runJourney(scriptedHttp(), payer)).not.toHaveProperty('slow')
  })

  test('buys at once: one request, a payment without a key of its own', async () => {
    const http = scriptedHttp()
    const record = await runJourney(http, buyer)
    expect(http.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
    expect(record).toMatchObject({
      outcome: 'paid',
      payment: { outcome: 'ok', keys: [], attempts: 0, id: '77' },
    })
  })

  test('tells what was put into the cart, and what may have been put in twice', async () => {
    const { items } = customerOf(seed, payer, users)
    const put = (attempts: number, item = items[0]) => ({ ...item, outcome: 'ok', attempts })
    const sure = await runJourney(scriptedHttp(), payer)
    expect(sure.cart).toMatchObject(items.map((item) => ({ ...put(1, item), pieces: 1 })))
    const doubtful = await runJourney(scriptedHttp({ 'cart-add': [lost] }), payer)
    expect(doubtful.cart?.[0]).toMatchObject(put(2))
    const failed = await runJourney(scriptedHttp({ 'cart-add': [lost, lost] }), payer)
    expect(failed.cart).toMatchObject([{ ...put(2), outcome: 'info' }])
  })

  test('leaves before the order, or before paying, as planned', async () => {
    const early = await runJourney(
      scriptedHttp(),
      customerWho((it) => it.leaves === 'before-order'),
    )
    expect(early).toMatchObject({ outcome: 'left', checkoutMs: null })
    expect(early.order).toBeUndefined()
    const late = await runJourney(
      scriptedHttp(),
      customerWho((it) => it.leaves === 'before-payment' && !it.buysAtOnce && !it.cancels),
    )
    expect(late).toMatchObject({ outcome: 'left', checkoutMs: 10, order: { outcome: 'ok' } })
    expect(late.payment).toBeUndefined()
  })
})

describe('an order that is not paid', () => {
  const canceller = customerWho(
    (it) => it.leaves === 'before-payment' && !it.buysAtOnce && it.cancels,
  )

  test.each([
    ['left', true, []],
    ['failed', undefined, [problem(409, 'order-not-cancellable', true)]],
    ['unknown', undefined, [lost, lost]],
  ] as const)('is cancelled: %s', async (outcome, cancelled, cancel) => {
    const http = scriptedHttp({ cancel: [...cancel] })
    const record = await runJourney(http, canceller)
    expect([record.outcome, record.cancelled]).toEqual([outcome, cancelled])
    expect(http.requests.at(-1)?.path).toBe('/api/v1/orders/55/cancel')
  })
})

describe('a double click', () => {
  const paysApart = customerWho((it) => it.leaves === 'never' && !it.buysAtOnce && it.sendsTwice)
  const busy = problem(409, 'request-in-progress', false)

  test.each([
    ['first', [busy]],
    ['second', []],
  ])('sends order and payment twice under one key; the %s answers late', async (_, order) => {
    const http = scriptedHttp({ order, pay: [busy] })
    const record = await runJourney(http, paysApart)
    expect(record).toMatchObject({
      outcome: 'paid',
      order: { attempts: 2, keys: [expect.any(String)] },
    })
    expect(record.payment).toMatchObject({ outcome: 'ok', attempts: 2 })
    expect(http.requests.filter(({ name }) => name === 'order')).toHaveLength(2)
  })

  test('is not repeated with the tries that follow', async () => {
    const http = scriptedHttp({ order: [busy, busy] })
    expect(await runJourney(http, paysApart)).toMatchObject({ order: { attempts: 3 } })
  })
})

describe('what the order answers', () => {
  const soldOut = problem(409, 'sold-out', true)
  const cases: [string, Answer[], object][] = [
    ['sold out', [soldOut], { outcome: 'soldOut', order: { outcome: 'fail', code: 'sold-out' } }],
    ['lost twice', [lost, lost], { outcome: 'unknown', order: { outcome: 'info', status: 0 } }],
    ['lost, then sold out under the same key', [lost, soldOut], { outcome: 'soldOut' }],
    ['shed twice', repeated(problem(503, 'pool-exhausted', true)), { outcome: 'failed' }],
    [
      'lost, then shed by admission control',
      [lost, problem(503, 'draining', true)],
      { outcome: 'unknown', order: { outcome: 'info' } },
    ],
    [
      'still running',
      repeated(problem(409, 'request-in-progress', false)),
      { outcome: 'unknown', order: { outcome: 'info', attempts: 2 } },
    ],
    ['shed, then placed', [problem(503, 'draining', true)], { outcome: 'paid' }],
    ['a 500 that may have happened', repeated(problem(500, 'internal', false)), unknown()],
    ['a 502 without a problem', repeated({ status: 502 }), unknown()],
    ['a 500 that surely did not', [problem(500, 'x', true)], { outcome: 'failed' }],
    ['a 201 without an id', repeated({ status: 201, body: { id: 5 } }), unknown()],
    ['not valid', [problem(400, 'invalid-request', true)], { outcome: 'failed' }],
    ['a redirect', [{ status: 302 }], { outcome: 'failed', order: { outcome: 'fail' } }],
  ]
  test.each(cases)('%s', async (_name, order, expected) => {
    const record = await runJourney(scriptedHttp({ order }), payer)
    expect(record).toMatchObject(expected)
    expect(record.checkoutMs).toBeGreaterThan(0)
  })

  test('at once: declined is the right answer, not a failure', async () => {
    const declined = problem(402, 'card-declined', true)
    const record = await runJourney(scriptedHttp({ order: [declined] }), buyer)
    expect(record).toMatchObject({ outcome: 'left', order: { outcome: 'fail', status: 402 } })
  })

  test('at once: an order without a payment inside leaves the journey unknown', async () => {
    const order = [{ status: 201, body: { id: '55', totalMinor: 900 } }]
    const record = await runJourney(scriptedHttp({ order }), buyer)
    expect(record).toMatchObject({ outcome: 'unknown', payment: { outcome: 'info' } })
  })
})

describe('what the payment answers', () => {
  const open: Answer = { status: 202, body: payment('unknown') }
  const read = (status: string): Answer => ({ status: 200, body: payment(status) })
  const cases: [string, Record<string, Answer[]>, object][] = [
    ['declined', { pay: [problem(402, 'card-declined', true)] }, { outcome: 'left' }],
    ['declined in the body', { pay: [{ status: 201, body: payment('declined') }] }, declined()],
    ['refused', { pay: [problem(409, 'order-not-payable', true)] }, { outcome: 'failed' }],
    ['lost', { pay: [lost, lost] }, { outcome: 'unknown', payment: { outcome: 'info' } }],
    ['open, then captured', { pay: [open], payment: [read('sent')] }, { outcome: 'paid' }],
    ['open, then declined', { pay: [open], payment: [lost, read('declined')] }, declined()],
    ['open, then failed', { pay: [open], payment: [read('failed')] }, { outcome: 'failed' }],
    ['open for good', { pay: [open], payment: repeated(read('unknown'), 3) }, unknown()],
  ]
  test.each(cases)('%s', async (_name, script, expected) => {
    const http = scriptedHttp(script)
    expect(await runJourney(http, payer)).toMatchObject(expected)
    expect(http.requests.filter(({ name }) => name === 'payment').length).toBeLessThanOrEqual(3)
  })

  test('at once and open: asked for until the bank has answered', async () => {
    const order = [{ status: 202, body: { id: '55', payment: payment('unknown') } }]
    const http = scriptedHttp({ order, payment: [read('unknown')] })
    const record = await runJourney(http, buyer)
    expect(record).toMatchObject({ outcome: 'paid', payment: { outcome: 'ok', status: 200 } })
    expect(http.pausesMs).toEqual([200, 400])
    expect(record.checkoutMs).toBe(630)
  })
})

test('what is popular is asked for the seven days until the journey began', async () => {
  const http = scriptedHttp()
  const startedMs = Date.parse('2026-03-02T23:59:59Z')
  await runJourney(
    http,
    customerWho((it) => it.browsesPopular),
    { startedMs },
  )
  const [asked] = http.requests.filter(({ name }) => name === 'popular')
  expect(asked?.path).toBe('/api/v1/products/popular?from=2026-02-24&to=2026-03-02&limit=10')
})

describe('what is kept for the audit', () => {
  const page = { items: [], total: 0 }
  const shown = { products: [{ status: 200, body: page }] }
  const keeper = customerWho((it) => it.keepsPages && it.browsesList && !it.readsBack)
  const reader = customerWho((it) => it.readsBack && it.leaves === 'never' && !it.keepsPages)

  test('pages of those who keep them, with when they were asked for and answered', async () => {
    const { kept, startedMs } = await runJourney(scriptedHttp(shown), keeper)
    const path = '/api/v1/products?page=1&size=20'
    const times = { askedMs: startedMs, answeredMs: startedMs + 10 }
    expect(kept?.[0]).toEqual({ kind: 'products', path, ...times, status: 200, body: page })
  })

  test('no page of the others, whose answers are not read', async () => {
    const http = scriptedHttp(shown)
    const other = customerWho((it) => !it.keepsPages && !it.readsBack && it.browsesList)
    expect((await runJourney(http, other)).kept).toBeUndefined()
    expect(http.requests[0]?.needsBody).toBe(false)
  })

  test('what buyers see of order, cart and balance; they wait for nothing more', async () => {
    const http = scriptedHttp({ 'order-read': [{ status: 404 }], 'cart-read': [lost] })
    const record = await runJourney(http, reader)
    expect(record.outcome).toBe('paid')
    expect(record.kept?.map(({ kind, path, status }) => [kind, path, status])).toEqual([
      ['order-read', '/api/v1/orders/55', 404],
      ['user-read', `/api/v1/users/${record.userId}`, 200],
    ])
    expect(record.endedMs).toBeLessThanOrEqual(record.kept?.[0]?.askedMs ?? 0)
    expect(record.attempts).toBe(http.requests.length)
  })

  test('nothing of an order that was not paid', async () => {
    const http = scriptedHttp({ order: [problem(409, 'sold-out', true)] })
    expect((await runJourney(http, reader)).kept).toBeUndefined()
  })
})

test('a list that fails ends the journey', async () => {
  const products = repeated({ status: 500 })
  const record = await runJourney(scriptedHttp({ products }), payer)
  expect(record).toMatchObject({ outcome: 'failed', checkoutMs: null, attempts: 2, intents: 1 })
})

test('the same seed and index send the same requests, whatever is retried', async () => {
  const answer = fc.constantFrom<Answer>(lost, { status: 503 }, problem(409, 'sold-out', true))
  const script = fc.record({ order: fc.array(answer), pay: fc.array(answer) })
  await fc.assert(
    fc.asyncProperty(fc.nat(5_000), fc.nat(), script, async (index, seed, answers) => {
      const [first, second] = [scriptedHttp(answers), scriptedHttp(answers)]
      const record = await runJourney(first, index, { seed })
      expect(await runJourney(second, index, { seed })).toEqual(record)
      expect(second.requests).toEqual(first.requests)
      expect(record.attempts).toBe(first.requests.length)
      expect(record.attempts).toBeGreaterThanOrEqual(record.intents)
    }),
  )
})

function repeated(answer: Answer, times = 2): Answer[] {
  return Array.from({ length: times }, () => answer)
}

function unknown() {
  return { outcome: 'unknown' }
}

function declined() {
  return { outcome: 'left', payment: { outcome: 'fail' } }
}
