import { describe, expect, test } from 'bun:test'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { crowdAsks } from '../../loadtests/crowd/visits.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { hasServers, ordersReach, sendSmoke, testBedFor } from '../testing/test-bed.ts'
import { openArm, type PrivateArm } from './arm.ts'
import { auditArm } from './audit-arm.ts'
import { processesOf, waitForQuiescence } from './quiescence.ts'

if (!hasServers) console.log('skipped: crash in mid-sale (no TEST_DATABASE_URL)')

/** Everything must be settled this long after the restart. */
const settledMsMax = 30_000

const { session } = await scratchSession()

describe.skipIf(!hasServers)('kill -9 in the middle of the sale, then a restart', () => {
  test.each(['api', 'worker'] as const)(
    'of the %s: the data is right',
    async (part) => {
      const testBed = testBedFor(session, 'crash')
      // A refusal would be tried again too, and that is not what is asked here.
      const spec = { name: 'after', design: parseDesign('after,admission=open').label }
      const arm = await openArm(testBed, spec, `${part}-${process.pid}`)
      const { crowd, pending } = await crashUnder(arm, part)
      const checks = await auditArm(testBed, arm, crowd, pending)
      expect(checks.filter(({ verdict }) => verdict !== 'true')).toEqual([])
      // The crash was felt: an API server that dies takes answers with it.
      const wasRetried = crowd.history.some(({ attempts, intents }) => attempts > intents)
      if (part === 'api') expect(wasRetried).toBe(true)
      expect(crowd.history.filter(({ outcome }) => outcome === 'paid').length).toBeGreaterThan(0)
      await arm.close()
    },
    90_000,
  )
})

/** A small crowd; once some of its orders are in, the process dies and starts again. */
async function crashUnder(arm: PrivateArm, part: 'api' | 'worker') {
  const keyPrefix = `crash-${part}`
  const seed = 7
  const crowd = sendSmoke(session, arm, { seed, rate: 20, durationSeconds: 7, keyPrefix })
  await ordersReach(arm, 40)
  await arm.crash(part)
  const result = await crowd
  const pending = await waitForQuiescence(arm.db, settledMsMax, processesOf(arm))
  return { crowd: { ...result, keyPrefix, asked: crowdAsks('smoke', seed, arm.users) }, pending }
}
