import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { hasServers, testBedFor } from '../testing/test-bed.ts'
import { openArm } from './arm.ts'

if (!hasServers) console.log('skipped: opening an arm (no TEST_DATABASE_URL)')

test.skipIf(!hasServers)(
  'an arm of which one part does not start leaves none of the others running',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stampede-arm-'))
    const session = await openSession(folder)
    const running = new Set<string>()
    let begun = 0
    const watched: Session = {
      ...session,
      add(part) {
        begun += 1
        running.add(part.name)
        session.add(part)
      },
      remove(part) {
        running.delete(part.name)
        session.remove(part)
      },
    }
    try {
      // The ticket server and the bank know no designs; the API server and the worker refuse this.
      const spec = { name: 'after', design: 'ids=none-of-them' }
      const opening = openArm(testBedFor(watched, 'arm'), spec, `broken-${process.pid}`)
      await expect(opening).rejects.toThrow('none-of-them')
      expect(begun).toBeGreaterThanOrEqual(2)
      expect([...running]).toEqual([])
    } finally {
      await session.close()
      await rm(folder, { recursive: true, force: true })
    }
  },
  60_000,
)
