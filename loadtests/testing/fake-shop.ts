/** A shop without a database: right answers in the right shapes, for tests of the drivers only. */
export interface FakeShop {
  /** Origin, e.g. `http://127.0.0.1:40123`. */
  target: string
  /** `METHOD path body key attempt` of every request, in order of arrival. */
  seen: string[]
  /** Most requests that were open at once. */
  openMax: number
  stop(): Promise<void>
}

interface FakeShopOptions {
  /** Sent as `x-client-policy` with every answer. */
  clientPolicy?: string
  /** Time to an answer, milliseconds. */
  latencyMs?: number
  /** Answer to every order: sold out (409), shed (503, definite), or lost (no answer in time). */
  orders?: 'sold-out' | 'shed' | 'lost'
  /** Off for measurements. */
  remembers?: boolean
}

/** Starts a fake shop on a free loopback port. */
export function startFakeShop(options: FakeShopOptions = {}): FakeShop {
  const shop = { seen: [] as string[], openMax: 0 }
  let open = 0
  let lastId = 0
  const headers: Record<string, string> = options.clientPolicy
    ? { 'x-client-policy': options.clientPolicy }
    : {}
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      open += 1
      shop.openMax = Math.max(shop.openMax, open)
      const body = request.method === 'POST' ? await request.text() : ''
      if (options.remembers !== false) shop.seen.push(lineOf(request, body))
      if (options.latencyMs) await Bun.sleep(options.latencyMs)
      const path = new URL(request.url).pathname
      if (path === '/api/v1/orders' && options.orders === 'lost') await Bun.sleep(30_000)
      open -= 1
      lastId += 1
      const [status, answer] = reply(path, body, String(lastId), options)
      return Response.json(answer, { status, headers })
    },
  })
  const target = `http://127.0.0.1:${server.port}`
  const stop = () => server.stop(true)
  return {
    target,
    stop,
    seen: shop.seen,
    get openMax() {
      return shop.openMax
    },
  }
}

function lineOf(request: Request, body: string): string {
  const { headers, method, url } = request
  const key = headers.get('idempotency-key') ?? '-'
  const { pathname, search } = new URL(url)
  return [method, pathname + search, body, key, headers.get('x-attempt')].join(' ')
}

type Reply = [status: number, body: unknown]

function reply(path: string, body: string, id: string, options: FakeShopOptions): Reply {
  if (path === '/api/v1/orders') return orderReply(body, id, options)
  if (path === '/api/v1/payments') return [201, payment(id, body)]
  if (path.startsWith('/api/v1/carts/')) return [201, { id, optionId: '1', quantity: 1 }]
  return [200, { items: [], page: 1, size: 20, total: 0 }]
}

function orderReply(body: string, id: string, { orders }: FakeShopOptions): Reply {
  const problem = { type: 'about:blank', detail: '', definite: true }
  if (orders === 'sold-out') return [409, { ...problem, status: 409, code: 'sold-out' }]
  if (orders === 'shed') return [503, { ...problem, status: 503, code: 'overloaded' }]
  const paid = body.includes('"payment"') ? { payment: payment(id, body) } : {}
  return [201, { id, userId: '1', status: 'pending', totalMinor: 1_000, ...paid }]
}

function payment(id: string, body: string) {
  const status = body.includes('card-declined') ? 'declined' : 'captured'
  return { id, orderId: id, status, amountMinor: 1_000 }
}
