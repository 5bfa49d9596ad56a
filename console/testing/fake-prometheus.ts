/** A Prometheus for tests: its series are functions of time and name, the same at every run. */
export interface FakePrometheus {
  url: string
  /** Paths and queries asked so far. */
  asked: URL[]
  /** Values of the label `run`; a test may add one. */
  runs: string[]
  stop(): Promise<void>
}

type Labels = Record<string, string>

const arms = ['before', 'after']

/** What each metric of the fixture boards has: labels, and a value at a second. */
const metrics: Record<
  string,
  { series: Labels[]; value(labels: Labels, seconds: number): number }
> = {
  shop_paid: {
    series: arms.map((arm) => ({ arm })),
    value: ({ arm }, at) =>
      arm === 'after'
        ? 420 + 60 * wave(at, 70) + 14 * noise(at)
        : crowded(at, 330, 60) + 9 * noise(at),
  },
  shop_latency: {
    series: arms.flatMap((arm) => ['0.5', '0.99'].map((quantile) => ({ arm, quantile }))),
    value: ({ arm, quantile }, at) => {
      const slow = arm === 'before' ? (inFault(at) ? 2.4 : 0.35) : 0.03
      return slow * (quantile === '0.99' ? 2.2 : 1) * (1 + 0.18 * wave(at, 33) + 0.05 * noise(at))
    },
  },
  shop_states: {
    series: ['orders', 'outbox', 'tickets'].map((queue) => ({ queue })),
    value: ({ queue }, at) => {
      if (queue === 'tickets') return Math.floor(at / 400) % 3 === 2 ? Number.NaN : 1
      return queue === 'orders' && inFault(at) ? 0 : Math.floor(at / 190) % 4 === 3 ? 2 : 1
    },
  },
  shop_memory: {
    series: ['api', 'worker', 'tickets'].map((process) => ({ process })),
    value: ({ process = '' }, at) => (60 + process.length * 9 + 8 * wave(at, 200)) * 2 ** 20,
  },
  shop_fault: {
    series: [{ fault: 'slow-query', arm: 'before' }],
    value: (_, at) => Number(inFault(at)),
  },
  shop_run: { series: [{ run: 'r-7', scenario: 'flash-sale' }], value: () => 1 },
  shop_verdict: {
    series: ['stock-conserved', 'one-charge-per-key', 'no-lost-order', 'effects-once'].flatMap(
      (checker) => arms.map((arm) => ({ checker, arm, run: 'r-7' })),
    ),
    value: ({ checker, arm }) => {
      if (checker === 'effects-once') return Number.NaN
      return arm === 'before' && checker === 'stock-conserved' ? 0 : 1
    },
  },
}

const wave = (seconds: number, period: number) => Math.sin((seconds / period) * 2 * Math.PI)
const noise = (seconds: number) => ((Math.sin(seconds * 12.9898) * 43_758.5453) % 1) * 2
const inFault = (seconds: number) => seconds % 300 >= 90 && seconds % 300 < 160
const crowded = (seconds: number, calm: number, hit: number) =>
  inFault(seconds) ? hit + 20 * wave(seconds, 17) : calm + 40 * wave(seconds, 50)

/** Starts one on a loopback port; 0 takes a free one. */
export function startFakePrometheus(port = 0): FakePrometheus {
  const asked: URL[] = []
  const runs = ['r-7']
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port,
    fetch(request) {
      const url = new URL(request.url)
      asked.push(url)
      if (url.pathname === '/api/v1/label/run/values') return success(runs)
      return answer(url.pathname, url.searchParams)
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, asked, runs, stop: () => server.stop(true) }
}

function answer(path: string, search: URLSearchParams): Response {
  if (search.get('query')?.includes('!!')) return parseError()
  if (path === '/api/v1/query') return queried(search)
  if (path === '/api/v1/query_range') return ranged(search)
  const label = /^\/api\/v1\/label\/(\w+)\/values$/.exec(path)?.[1]
  if (!label) return new Response('404 page not found', { status: 404 })
  const values = matching(search.get('match[]') ?? '').flatMap((labels) => labels[label] ?? [])
  return success([...new Set(values)].sort())
}

const success = (data: unknown) => Response.json({ status: 'success', data })

function queried(search: URLSearchParams): Response {
  const query = search.get('query') ?? ''
  const at = Number(search.get('time') ?? Date.now() / 1000)
  const result = matching(query).map((metric) => ({ metric, value: [at, text(metric, at)] }))
  return success({ resultType: 'vector', result })
}

function ranged(search: URLSearchParams): Response {
  const query = search.get('query') ?? ''
  const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map((name) => {
    return Number(search.get(name))
  })
  const count = Math.min(Math.floor((end - start) / step) + 1, 11_000)
  const times = Array.from({ length: count }, (_, at) => start + at * step)
  const above = query.includes('== 1') || query.includes('> 0')
  const result = matching(query).map((metric) => {
    const values = times.map((at): [number, string] => [at, text(metric, at)])
    return { metric, values: above ? values.filter(([, value]) => value === '1') : values }
  })
  return success({ resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) })
}

function parseError(): Response {
  const error = '1:3: parse error: unexpected character: "!"'
  return Response.json({ status: 'error', errorType: 'bad_data', error }, { status: 400 })
}

function text({ __name__ = '', ...labels }: Labels, seconds: number): string {
  return String(metrics[__name__]?.value(labels, seconds) ?? 0)
}

/** Series of the metrics that a query names, by its `label="value"` and `label=~"pattern"`. */
function matching(query: string): Labels[] {
  const wanted = [...query.matchAll(/(\w+)(=~?)"([^"]*)"/g)]
  return Object.entries(metrics).flatMap(([name, { series }]) => {
    if (!query.includes(name)) return []
    const fit = series.filter((labels) =>
      wanted.every(([, label = '', how, value = '']) => {
        const own = labels[label] ?? ''
        return how === '=' ? own === value : new RegExp(`^(?:${value})$`).test(own)
      }),
    )
    return fit.map((labels) => ({ __name__: name, ...labels }))
  })
}
