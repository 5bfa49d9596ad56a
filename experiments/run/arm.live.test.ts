import { expect, spyOn, test } from 'bun:test'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { hasServers, testBedFor } from '../testing/test-bed.ts'
import { openArm } from './arm.ts'

if (!hasServers) console.log('skipped: opening an arm (no TEST_DATABASE_URL)')

const { session } = await scratchSession()

test.skipIf(!hasServers)(
  'an arm of which one part does not start leaves none of the others running',
  async () => {
    const added = spyOn(session, 'add')
    const removed = spyOn(session, 'remove')
    const namesOf = ({ mock }: typeof added) => mock.calls.map(([part]) => part.name).sort()
    // Of the API server alone, which refuses it.
    const apiSettings = { STAMPEDE_ORDER_TTL_SECONDS: 'soon' }
    const testBed = { ...testBedFor(session, 'arm'), apiSettings }
    const opening = openArm(testBed, { name: 'after', design: 'after' }, `broken-${process.pid}`)
    await expect(opening).rejects.toThrow('STAMPEDE_ORDER_TTL_SECONDS')
    expect(added.mock.calls.length).toBeGreaterThanOrEqual(2)
    expect(namesOf(removed)).toEqual(namesOf(added))
  },
  60_000,
)
