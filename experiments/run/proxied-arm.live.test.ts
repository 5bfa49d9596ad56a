import { expect, test } from 'bun:test'
import { auditShop } from '../../audit/audit.ts'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { eventually } from '../../server/testing/barrier.ts'
import { hasServers, testBedFor } from '../testing/test-bed.ts'
import { openArm, type PrivateArm } from './arm.ts'
import { askChaos } from './ask-chaos.ts'
import { processesOf, waitForQuiescence } from './quiescence.ts'

if (!hasServers) console.log('skipped: an arm behind a proxy (no TEST_DATABASE_URL)')

const { session } = await scratchSession()
const answerMsMax = 20_000

/** The status of an order that is paid by card, with a key of its own. */
async function buy({ api }: PrivateArm): Promise<number> {
  const response = await fetch(`${api.url}/api/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({
      userId: '1',
      items: [{ optionId: '1', quantity: 1 }],
      payment: { method: 'card', cardToken: 'card-ok' },
    }),
    signal: AbortSignal.timeout(answerMsMax),
  })
  await response.text()
  return response.status
}

const servesAgain = (arm: PrivateArm) =>
  eventually('it sells again', async () => (await buy(arm)) === 201, { deadlineMs: 30_000 })

test.skipIf(!hasServers)(
  'an arm behind a proxy obeys faults of the network, and sells on after each',
  async () => {
    const testBed = { ...testBedFor(session, 'proxied'), isProxied: true, bankLatencyMs: 1 }
    const arm = await openArm(testBed, { name: 'after', design: 'after' }, `on-${process.pid}`)
    const chaos = { url: arm.board.url, token: testBed.chaosToken }
    try {
      await servesAgain(arm)
      await askChaos(chaos, 'PUT', 'faults/network-reset', { server: 'database' })
      expect(await buy(arm)).toBe(503)
      await askChaos(chaos, 'POST', 'reset')
      await servesAgain(arm)
      await arm.proxy?.kill9()
      expect(await buy(arm)).toBeGreaterThanOrEqual(500)
      const again = await arm.proxy?.again()
      await servesAgain(arm)
      expect(await waitForQuiescence(arm.db, 60_000, processesOf(arm))).toEqual([])
      expect(await auditShop(arm.db)).toEqual([])
      await again?.stop()
    } finally {
      await arm.close()
    }
  },
  120_000,
)
