import { afterAll, beforeAll, expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openSession, type Session } from '../processes/session.ts'
import { sessionsFolder } from '../testing/hold.ts'
import { lockDatabase } from './databases.ts'

const url = Bun.env.TEST_DATABASE_URL ?? ''
if (!url) console.log('skipped: the lock on a given database (no TEST_DATABASE_URL)')
const prefix = `stampede_lock_${process.pid}_`
const sessions: Session[] = []
let root: string
beforeAll(async () => {
  root = await sessionsFolder()
  for (let count = 0; count < 2; count++) sessions.push(await openSession(root))
})
afterAll(async () => {
  for (const session of sessions) await session.close()
  await rm(join(root, '..'), { recursive: true, force: true })
})

test.skipIf(!url)('a database is one run’s at a time, and free when that ends', async () => {
  const [first, second] = sessions as [Session, Session]
  await lockDatabase(first, url, prefix)
  const refused = lockDatabase(second, url, prefix)
  await expect(refused).rejects.toMatchObject({ exitCode: 4 })
  await expect(refused).rejects.toThrow(
    `DATABASE_URL is in use by another run (schemas ${prefix}*)`,
  )
  await lockDatabase(second, url, `${prefix}other_`)
  await first.close()
  // The server notices the end of a connection a moment later.
  for (let tries = 0; ; tries++) {
    try {
      return await lockDatabase(second, url, prefix)
    } catch (error) {
      if (tries === 50) throw error
      await Bun.sleep(50)
    }
  }
})
