/** A shop without a database: right answers in the right shapes, for tests of the drivers only. */
export interface FakeShop {
  /** Origin, e.g. `http://127.0.0.1:40123`. */
  target: string
  /** `METHOD path body key attempt` of every request, in order of arrival. */
  seen: string[]
  /** Settles once so many requests have come. */
  hasSeen(count: number): Promise<void>
  stop(): Promise<void>
}

interface FakeShopOptions {
  /** Sent as `x-client-policy` with every answer. */
  clientPolicy?: string
  /** Answer to every order: sold out (409), shed (503, definite), or lost (no answer in time). */
  orders?: 'sold-out' | 'shed' | 'lost'
  /** Off for measurements. */
  recordsRequests?: boolean
}

/** Starts a fake shop on a free loopback port. */
export function startFakeShop(options: FakeShopOptions = {}): FakeShop {
  const seen: string[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const headers: Record<string, string> = options.clientPolicy
    ? { 'x-client-policy': options.clientPolicy }
    : {}
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const body = request.method === 'POST' ? await request.text() : ''
      if (options.recordsRequests !== false) seen.push(lineOf(request, body))
      for (const { count, resolve } of waiting) if (seen.length >= count) resolve()
      const path = new URL(request.url).pathname
      if (path === '/api/v1/orders' && options.orders === 'lost') await Bun.sleep(30_000)
      const [status, answer] = reply(path, body, idFor(request), options)
      return Response.json(answer, { status, headers })
    },
  })
  const target = `http://127.0.0.1:${server.port}`
  return {
    target,
    seen,
    hasSeen(count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push({ count, resolve })
      return promise
    },
    stop: () => server.stop(true),
  }
}

/** Ids come from the key, not from the order of arrival: every run gives the same ones. */
function idFor(request: Request): string {
  return /-(\d+)-[bop]/.exec(request.headers.get('idempotency-key') ?? '')?.[1] ?? '0'
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
  if (path.endsWith('/cancel')) return [200, { id: path.split('/').at(-2), status: 'cancelled' }]
  if (path.endsWith('/balance')) return [200, { id, name: 'Buyer', balanceMinor: 1_000 }]
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
