import { afterAll, describe, expect, spyOn, test } from 'bun:test'
import { parseDesign } from '../designs/design.ts'
import { appForTest, jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { flawsOf } from '../testing/problems.ts'

// The services behind the routes are not there, and each use of one is logged.
const logged = spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => logged.mockRestore())

const who = { reason: 'a test', by: 'kim' }
const rolledBack = (option: string) => ({ option, percent: 5, writes: 'rolled-back' })
const reads = { option: 'database', to: 'cached', percent: 50 }

/** A shop, and what its operator does. */
function operated(design = 'after') {
  const shop = appForTest({ token: tokenForTest, design })
  const ask = (path: string, init: RequestInit = {}) => shop.app.request(path, init)
  return {
    ...shop,
    ask,
    put: (axis: string, body: object) =>
      ask(`/designs/${axis}`, jsonRequest('PUT', { ...who, ...body }, withToken)),
    back: (body: object) =>
      ask('/designs/rollback', jsonRequest('POST', { ...who, ...body }, withToken)),
    designs: async () => (await (await ask('/designs')).json()) as Designs,
    history: async (query = '') =>
      (await (await ask(`/designs/history${query}`, { headers: withToken })).json()) as History,
  }
}

interface Designs {
  epoch: number
  current: string
  hazards: string[]
  flags: { axis: string; option: string; to?: string; by?: string; reason?: string; at?: string }[]
}

interface History {
  changes: { epoch: number; by: string; reason: string; changed: object[] }[]
}

test('an axis is changed, with who, why and when; answers have the epoch', async () => {
  const { put, designs, ask } = operated()
  const first = await ask('/designs')
  expect(first.headers.get('x-design-epoch')).toBe('0')
  const changed = await put('dispatch', { option: 'queue', epoch: 0 })
  expect(changed.status).toBe(200)
  const { epoch, current, flags } = await designs()
  expect([epoch, current]).toEqual([1, parseDesign('after,dispatch=queue').label])
  expect(flags.find(({ axis }) => axis === 'dispatch')).toMatchObject({
    ...{ option: 'queue', percent: 0, epoch: 1, at: expect.any(String) },
    ...who,
  })
  expect(flags.find(({ axis }) => axis === 'reads')?.by).toBeUndefined()
  for (const path of ['/designs', '/healthz', '/no-such-route', '/api/v1/carts/x']) {
    expect((await ask(path)).headers.get('x-design-epoch')).toBe('1')
  }
})

describe('refused, and nothing is written:', () => {
  test.each([
    ['an axis that is none', 'refunds', { option: 'x', epoch: 0 }, 'unknown-design', 'axis'],
    ['a prototype’s name', '__proto__', { option: 'x', epoch: 0 }, 'unknown-design', 'axis'],
    ['an option that is none', 'reads', { option: 'x', epoch: 0 }, 'unknown-design', 'option'],
    ['another such', 'reads', { ...reads, to: 'x', epoch: 0 }, 'unknown-design', 'to'],
    ['another ledger', 'stock', { option: 'derived', epoch: 0 }, 'design-refused', 'option'],
    [
      'two sources of ids',
      'ids',
      { option: 'ticket-server', to: 'sequence-table', percent: 1, epoch: 0 },
      'design-refused',
      'to',
    ],
    ['an epoch to come', 'reads', { ...reads, epoch: 1 }, 'epoch-conflict', 'epoch'],
    ['no epoch', 'reads', reads, 'invalid-request', 'epoch'],
    ['no reason', 'reads', { ...reads, epoch: 0, reason: '' }, 'invalid-request', 'reason'],
    [
      'a novel',
      'reads',
      { ...reads, epoch: 0, reason: 'x'.repeat(201) },
      'invalid-request',
      'reason',
    ],
    ['half a pair', 'reads', { ...reads, epoch: 0, reason: '\ud800' }, 'invalid-request', 'reason'],
    ['two lines', 'reads', { ...reads, epoch: 0, by: 'a\nb' }, 'invalid-request', 'by'],
    ['a long name', 'reads', { ...reads, epoch: 0, by: 'x'.repeat(65) }, 'invalid-request', 'by'],
    ['101 %', 'reads', { ...reads, percent: 101, epoch: 0 }, 'invalid-request', 'percent'],
    ['-1 %', 'reads', { ...reads, percent: -1, epoch: 0 }, 'invalid-request', 'percent'],
    ['half a percent', 'reads', { ...reads, percent: 0.5, epoch: 0 }, 'invalid-request', 'percent'],
    [
      'no share',
      'reads',
      { option: 'cached', to: 'database', epoch: 0 },
      'invalid-request',
      'percent',
    ],
    [
      'a share of nothing',
      'reads',
      { option: 'cached', percent: 5, epoch: 0 },
      'invalid-request',
      'percent',
    ],
    [
      'a shadow of an axis that has none',
      'dispatch',
      { option: 'queue', shadow: { option: 'chosen', percent: 5 }, epoch: 0 },
      'design-refused',
      'shadow',
    ],
    [
      'a shadow that is no option',
      'reads',
      { option: 'cached', shadow: { option: 'x', percent: 5 }, epoch: 0 },
      'unknown-design',
      'shadow.option',
    ],
    [
      '101 % of a shadow',
      'reads',
      { option: 'cached', shadow: { option: 'indexed', percent: 101 }, epoch: 0 },
      'invalid-request',
      'shadow.percent',
    ],
    [
      'a rollback of what commits by itself',
      'transaction',
      { option: 'split', shadow: rolledBack('one-big'), epoch: 0 },
      'design-refused',
      'shadow.writes',
    ],
    [
      'a rollback of what only reads',
      'reads',
      { option: 'cached', shadow: rolledBack('indexed'), epoch: 0 },
      'design-refused',
      'shadow.writes',
    ],
    ['one option twice', 'reads', { ...reads, to: 'database', epoch: 0 }, 'invalid-request', 'to'],
    ['a seed too large', 'reads', { ...reads, seed: 2 ** 32, epoch: 0 }, 'invalid-request', 'seed'],
  ] as const)('%s', async (_what, axis, body, code, field) => {
    const { put, log, designs } = operated()
    expect(await flawsOf(await put(axis, body), [code], field)).toEqual([])
    expect(log.entries).toEqual([])
    expect((await designs()).current).toBe(parseDesign('after').label)
  })

  test('options that do not go together', async () => {
    const { put, log } = operated('after,transaction=single-statement')
    const refused = await put('stock', { option: 'row-lock', epoch: 0 })
    expect(await flawsOf(refused, ['design-refused'], 'option')).toEqual([])
    expect(log.entries).toEqual([])
  })
})

test('a sequence of ids has a flag of its own, and loses it with a whole design', async () => {
  const { put, designs, ask, history } = operated()
  await put('ids.orders', { option: 'sequence-table', epoch: 0 })
  const flagOf = async () => (await designs()).flags.find(({ axis }) => axis === 'ids.orders')
  expect(await flagOf()).toMatchObject({ option: 'sequence-table', by: 'kim' })
  expect((await designs()).current).toContain('ids=ticket-server,ids.orders=sequence-table,')
  await ask('/designs', jsonRequest('PUT', { design: 'after' }, withToken))
  expect(await flagOf()).toBeUndefined()
  expect((await history()).changes[0]?.changed).toEqual([
    { axis: 'ids.orders', from: { option: 'sequence-table', percent: 0 } },
  ])
})

test('a reason may be in any language', async () => {
  const { put, history } = operated()
  await put('reads', { ...reads, epoch: 0, reason: '주문이 줄을 선다' })
  expect((await history()).changes[0]?.reason).toBe('주문이 줄을 선다')
})

test('one call goes back to the design before the last change, or at the start', async () => {
  const { put, back, designs } = operated()
  await put('reads', { ...reads, epoch: 0 })
  await put('dispatch', { option: 'queue', epoch: 1 })
  const split = (await designs()).flags.find(({ axis }) => axis === 'reads')
  expect((await back({ epoch: 2 })).status).toBe(200)
  expect((await designs()).flags.find(({ axis }) => axis === 'reads')).toEqual(split)
  expect((await designs()).current).toBe(parseDesign('after,reads=database').label)
  await back({ epoch: 3, to: 0 })
  expect(await designs()).toMatchObject({ epoch: 4, current: parseDesign('after').label })
})

test('going back is refused where nothing was changed, to no such change, and unseen', async () => {
  const { put, back, log } = operated()
  expect(await flawsOf(await back({ epoch: 0 }), ['invalid-request'], 'to')).toEqual([])
  await put('dispatch', { option: 'queue', epoch: 0 })
  expect(await flawsOf(await back({ epoch: 1, to: 9 }), ['invalid-request'], 'to')).toEqual([])
  await put('dispatch', { option: 'chosen', epoch: 1 })
  expect(await flawsOf(await back({ epoch: 1 }), ['epoch-conflict'], 'epoch')).toEqual([])
  expect(log.entries).toHaveLength(2)
})

test('the whole design goes the same way: logged, with an epoch where one is sent', async () => {
  const { ask, designs, history } = operated()
  const put = (body: object) => ask('/designs', jsonRequest('PUT', body, withToken))
  expect((await put({ design: 'before' })).status).toBe(200)
  const late = await put({ design: 'after', epoch: 0 })
  expect(await flawsOf(late, ['epoch-conflict'], 'epoch')).toEqual([])
  expect((await designs()).current).toBe(parseDesign('before').label)
  const [change] = (await history()).changes
  expect(change).toMatchObject({ epoch: 1, by: 'operator', reason: 'the whole design was set' })
})

test('the history is read in parts, the newest first', async () => {
  const { put, history } = operated()
  for (const [epoch, option] of ['queue', 'chosen', 'queue'].entries()) {
    await put('dispatch', { option, epoch })
  }
  const epochs = async (query: string) => (await history(query)).changes.map(({ epoch }) => epoch)
  expect(await epochs('')).toEqual([3, 2, 1])
  expect(await epochs('?limit=2')).toEqual([3, 2])
  expect(await epochs('?limit=2&before=2')).toEqual([1])
})

describe('a share goes by', () => {
  const optionAt = async (shop: ReturnType<typeof operated>, path: string, init: RequestInit) => {
    const design = (await shop.ask(path, init)).headers.get('x-design') ?? ''
    return design.includes('reads=cached')
  }
  const half = async () => {
    const shop = operated()
    await shop.put('reads', { ...reads, epoch: 0 })
    return shop
  }
  const users = Array.from({ length: 40 }, (_, index) => String(index + 1))
  const keyed = (body: object) => jsonRequest('POST', body, { 'idempotency-key': 'k' })

  test.each([
    ['the path', (id: string) => [`/api/v1/carts/${id}`, {}]],
    ['another path', (id: string) => [`/api/v1/users/${id}/balance`, keyed({ amountMinor: 1 })]],
    ['the body', (id: string) => ['/api/v1/orders', keyed({ userId: id, fromCart: true })]],
    ['x-user-id', (id: string) => ['/api/v1/products', { headers: { 'x-user-id': id } }]],
    ['x-user-id', (id: string) => ['/api/v1/orders/9', { headers: { 'x-user-id': id } }]],
  ] as const)('the customer: %s', async (_where, request) => {
    const shop = await half()
    const { mix } = shop.flags
    for (const id of users) {
      const [path, init] = request(id) as [string, RequestInit]
      const expected = mix.designFor(id).options.reads === 'cached'
      expect(await optionAt(shop, path, init)).toBe(expected)
    }
  })

  test('the order where only that is known, in whatever is asked about it', async () => {
    const shop = await half()
    for (const id of users) {
      const read = await optionAt(shop, `/api/v1/orders/${id}`, {})
      const pay = { orderId: id, method: 'balance' }
      expect(await optionAt(shop, '/api/v1/payments', keyed(pay))).toBe(read)
    }
  })

  test('the draw where no customer is named, whatever the header is', async () => {
    const shop = await half()
    const had = new Set<boolean>()
    for (const header of [...users, ...users].map(() => 'not a name')) {
      had.add(await optionAt(shop, '/api/v1/products', { headers: { 'x-user-id': header } }))
    }
    expect(had.size).toBe(2)
  })

  test('nothing where a request asks for a design itself', async () => {
    const shop = await half()
    for (const id of users) {
      const init = { headers: { 'x-design': 'reads=indexed' } }
      const { headers } = await shop.ask(`/api/v1/carts/${id}`, init)
      expect(headers.get('x-design')).toContain('reads=indexed')
    }
  })
})

test('a process that has not read the flags takes no request, and says so', async () => {
  const { app, flags, touched } = appForTest({ isUnread: true, token: tokenForTest })
  for (const path of ['/readyz', '/designs', '/api/v1/products', '/api/v1/carts/1']) {
    expect(await flawsOf(await app.request(path), ['database-unavailable'], null)).toEqual([])
  }
  const health = await app.request('/healthz')
  expect([health.status, health.headers.get('x-design-epoch')]).toEqual([200, null])
  await flags.poll()
  expect((await app.request('/designs')).status).toBe(200)
  expect(touched).toEqual([])
})

test('health says of flags that are no longer read since when, and that it goes on', async () => {
  const { app, flags } = appForTest()
  expect(await (await app.request('/healthz')).text()).toBe('ok')
  spyOn(flags, 'health').mockReturnValue({ epoch: 3, ageMs: 12_300, problem: 'gone' })
  const health = await app.request('/healthz')
  expect([health.status, await health.text()]).toEqual([
    200,
    'ok; design flags of change 3 not read since, for 12 s',
  ])
  expect(health.headers.get('x-design-epoch')).toBe('3')
})
