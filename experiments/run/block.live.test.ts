import { expect, test } from 'bun:test'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { armReport } from '../judge/summarize.ts'
import { fixturePlan } from '../testing/fixture-blocks.ts'
import { hasServers, testBedFor } from '../testing/test-bed.ts'
import { openArm } from './arm.ts'
import { runBlock } from './block.ts'

if (!hasServers) console.log('skipped: a block of a shop that lies (no TEST_DATABASE_URL)')

/** Every other order is refused as sold out, in front of a shop that has enough. */
function liar(shop: string) {
  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url)
      const key = request.headers.get('idempotency-key') ?? ''
      if (/[02468]-o$/.test(key)) {
        return Response.json({ code: 'sold-out', status: 409, definite: true }, { status: 409 })
      }
      const { method, headers } = request
      const body = method === 'GET' ? null : await request.arrayBuffer()
      return await fetch(`${shop}${pathname}${search}`, { method, headers, body })
    },
  })
}

const { session } = await scratchSession()

test.skipIf(!hasServers)(
  'who is refused by a false sold out was not served',
  async () => {
    const liars: ReturnType<typeof liar>[] = []
    try {
      const plan = fixturePlan({
        ...{ scenario: 'smoke', driver: 'simulator' },
        ...{ blocks: 1, durationSeconds: 1, rate: 20 },
      })
      const testBed = {
        ...testBedFor(session, 'liar'),
        k6Path: undefined,
        openArm: async (...args: Parameters<typeof openArm>) => {
          const arm = await openArm(...args)
          const own = liar(arm.api.url)
          liars.push(own)
          return { ...arm, api: { url: own.url.origin, pid: arm.api.pid } }
        },
      }
      const [, after] = plan.arms
      if (!after) throw new Error('the plan has no second arm')
      const block = await runBlock(testBed, plan, { index: 0, arm: after, pair: 0 })
      const { outcomes, servedPercent } = armReport(after.design, [block])
      // In the history of the warm-up too, but that is not measured.
      expect(block.checks.find(({ name }) => name === 'refused-rightly')).toMatchObject({
        verdict: 'false',
      })
      expect(outcomes).toMatchObject({ soldOut: 0 })
      expect(outcomes.refusedWrongly).toBeGreaterThan(0)
      expect(outcomes.refusedWrongly).toBeLessThanOrEqual(10)
      expect(servedPercent).toBe(5 * (20 - outcomes.refusedWrongly))
    } finally {
      for (const own of liars) await own.stop(true)
    }
  },
  90_000,
)
