import { expect, test } from 'bun:test'
import { defaultSeedProfile, partnerKey } from '../../server/db/seed.ts'
import { sendSteadyPartners } from './crowd.ts'

const { partners } = defaultSeedProfile.coupons

/** An issuer that gives each request one coupon. */
function startIssuer() {
  const asked: Record<string, string>[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const body = (await request.json()) as Record<string, string>
      asked.push({ ...body, key: request.headers.get('x-partner-key') ?? '' })
      return Response.json({ coupons: [{ number: `N${asked.length}` }] }, { status: 201 })
    },
  })
  return { asked, target: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}

test('all partners of the seed ask in turn, each for one coupon at a time', async () => {
  const issuer = startIssuer()
  const shape = { requestsPerSecond: 2 * partners, seconds: 1, seed: 1 }
  await sendSteadyPartners(issuer.target, shape, new AbortController().signal)
  await issuer.stop()
  expect(issuer.asked.length).toBeGreaterThan(partners)
  expect(issuer.asked.length).toBeLessThanOrEqual(2 * partners)
  expect(new Set(issuer.asked.map(({ partner }) => partner)).size).toBe(partners)
  const right = ({ partner = '', key, quantity }: Record<string, unknown>) =>
    key === partnerKey(String(partner)) && quantity === 1
  expect(issuer.asked.every(right)).toBe(true)
  const ids = issuer.asked.map(({ partner, requestId }) => `${partner} ${requestId}`)
  expect(new Set(ids).size).toBe(ids.length)
})

test('they end when the canary does, though the next request is hours away', async () => {
  const issuer = startIssuer()
  const ending = new AbortController()
  const shape = { requestsPerSecond: 0.01, seconds: 3600, seed: 1 }
  const sending = sendSteadyPartners(issuer.target, shape, ending.signal)
  while (issuer.asked.length === 0) await Bun.sleep(1)
  ending.abort()
  await sending
  await issuer.stop()
  expect(issuer.asked.length).toBeLessThan(partners)
})
