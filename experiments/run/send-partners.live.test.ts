import { describe, expect, test } from 'bun:test'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { couponsOf, partnersSettings } from '../../loadtests/crowd/partners.ts'
import { partnerKey } from '../../server/db/seed.ts'
import { sendPartnersBy } from './send-partners.ts'

const k6Path = Bun.env.TEST_K6
if (!k6Path) console.log('skipped: partners by k6 (TEST_K6 not set)')

const { session } = await scratchSession()

/** Issues what is asked for under the right key, but for each third request. */
function startIssuer() {
  const seen = { asked: 0, atOnce: 0, atOnceMax: 0, byKey: new Map<string, number>() }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { partner, quantity, requestId } = (await request.json()) as Record<string, string>
      if (request.headers.get('x-partner-key') !== partnerKey(partner ?? '')) {
        return new Response(null, { status: 403 })
      }
      seen.atOnce += 1
      seen.atOnceMax = Math.max(seen.atOnceMax, seen.atOnce)
      await Bun.sleep(5)
      seen.atOnce -= 1
      seen.asked += 1
      if (seen.asked % 3 === 0) {
        const problem = { code: 'coupon-pool-empty', definite: true }
        return Response.json(problem, { status: 409, headers: { 'retry-after': '1' } })
      }
      const numbers = Array.from({ length: Number(quantity) }, (_, at) => `${requestId}-${at}`)
      return Response.json({ coupons: numbers.map((number) => ({ number })) }, { status: 201 })
    },
  })
  return { server, seen, target: `http://127.0.0.1:${server.port}` }
}

describe('partners', () => {
  const drivers: [string, string | undefined][] = [
    ['this process', undefined],
    ...(k6Path ? [['k6', k6Path] as [string, string]] : []),
  ]
  test.each(drivers)(
    'sent by %s have their quantity, three requests at once each',
    async (_, path) => {
      const { server, seen, target } = startIssuer()
      const settings = partnersSettings({
        ...{ STAMPEDE_TARGET: target, STAMPEDE_PARTNERS: '2', STAMPEDE_WANTED: '100' },
        ...{ STAMPEDE_KEY_PREFIX: 'live', STAMPEDE_DURATION_SECONDS: '20' },
      })
      const records = await sendPartnersBy(session, path, 'partners', settings)
      await server.stop(true)
      expect(records.map(({ partner }) => partner).toSorted()).toEqual(['partner-1', 'partner-2'])
      expect(records.map(couponsOf)).toEqual([100, 100])
      expect(records.reduce((sum, { sent }) => sum + sent, 0)).toBe(seen.asked)
      expect(seen.atOnceMax).toBeLessThanOrEqual(6)
      expect(records.every(({ doneMs }) => doneMs !== null)).toBe(true)
    },
    40_000,
  )
})
