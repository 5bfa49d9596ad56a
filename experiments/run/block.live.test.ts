import { afterEach, expect, test } from 'bun:test'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { armReport } from '../judge/summarize.ts'
import { fixturePlan } from '../testing/fixture-blocks.ts'
import { hasServers, testBedFor } from '../testing/test-bed.ts'
import { openArm } from './arm.ts'
import { runBlock } from './block.ts'
import type { Block, Plan } from './result.ts'

if (!hasServers) console.log('skipped: a block of a shop that lies (no TEST_DATABASE_URL)')

const testMsMax = 90_000
/** Answers a request in place of the shop, or passes it on. */
type Lie = (request: Request, shop: () => Promise<Response>) => Promise<Response>

const { session } = await scratchSession()
const liars: ReturnType<typeof Bun.serve>[] = []

afterEach(async () => {
  for (const own of liars.splice(0)) await own.stop(true)
})

const liar = (shop: string, lie: Lie) =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) =>
      lie(request, async () => {
        const { pathname, search } = new URL(request.url)
        const { method, headers } = request
        const body = method === 'GET' ? null : await request.arrayBuffer()
        return await fetch(`${shop}${pathname}${search}`, { method, headers, body })
      }),
  })

/** A block of 20 journeys a second at a shop behind a liar. */
async function blockOf(design: string, lie: Lie, changes: Partial<Plan> = {}): Promise<Block> {
  const arm = { name: 'after', design: parseDesign(design).label }
  const plan = fixturePlan({
    ...{ scenario: 'smoke', driver: 'simulator', arms: [arm] },
    ...{ blocks: 1, durationSeconds: 1, rate: 20 },
    ...changes,
  })
  const testBed = {
    ...testBedFor(session, 'liar'),
    k6Path: undefined,
    openArm: async (...args: Parameters<typeof openArm>) => {
      const opened = await openArm(...args)
      const own = liar(opened.api.url, lie)
      liars.push(own)
      return { ...opened, api: { url: own.url.origin, pid: opened.api.pid } }
    },
  }
  return await runBlock(testBed, plan, { index: 0, arm, pair: 0 })
}

const checkOf = ({ checks }: Block, checker: string) => checks.find(({ name }) => name === checker)

test.skipIf(!hasServers)(
  'who is refused by a false sold out was not served',
  async () => {
    const block = await blockOf('after', async (request, shop) => {
      const key = request.headers.get('idempotency-key') ?? ''
      if (!/[02468]-o$/.test(key)) return await shop()
      return Response.json({ code: 'sold-out', status: 409, definite: true }, { status: 409 })
    })
    const { outcomes, servedPercent } = armReport('after', [block])
    // In the history of the warm-up too, but that is not measured.
    expect(checkOf(block, 'refused-rightly')).toMatchObject({ verdict: 'false' })
    expect(outcomes).toMatchObject({ soldOut: 0 })
    expect(outcomes.refusedWrongly).toBeGreaterThan(0)
    expect(outcomes.refusedWrongly).toBeLessThanOrEqual(10)
    expect(servedPercent).toBe(5 * (20 - outcomes.refusedWrongly))
  },
  testMsMax,
)

test.skipIf(!hasServers)(
  'a page that is kept for ever and a paid order that reads as unpaid are found',
  async () => {
    let page: string | undefined
    const block = await blockOf(
      'after,reads=indexed',
      async (request, shop) => {
        const { pathname } = new URL(request.url)
        if (pathname === '/api/v1/products') {
          page ??= await (await shop()).text()
          return new Response(page, { headers: { 'content-type': 'application/json' } })
        }
        const answer = await shop()
        if (request.method !== 'GET' || !pathname.startsWith('/api/v1/orders/')) return answer
        return Response.json({ ...((await answer.json()) as object), status: 'pending' })
      },
      { durationSeconds: 2, seed: 1 },
    )
    expect(checkOf(block, 'reads-fresh')).toMatchObject({
      verdict: 'false',
      first: expect.stringMatching(/products\?page=1&size=20 shows \d+ of option \d+, at most/),
    })
    expect(checkOf(block, 'read-your-writes')).toMatchObject({
      verdict: 'false',
      first: expect.stringContaining('was paid and is shown as pending'),
    })
    const others = block.checks.filter(({ verdict }) => verdict !== 'true')
    expect(others.map(({ name }) => name)).toEqual(['reads-fresh', 'read-your-writes'])
  },
  testMsMax,
)
