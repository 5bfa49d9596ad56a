import { expect, test } from 'bun:test'
import { scratchSession } from '../testing/scratch.ts'
import { lockDatabase } from './databases.ts'

const url = Bun.env.TEST_DATABASE_URL ?? ''
if (!url) console.log('skipped: the lock on a given database (no TEST_DATABASE_URL)')
const prefix = `stampede_lock_${process.pid}_`
const { session: first } = await scratchSession()
const { session: second } = await scratchSession()

test.skipIf(!url)('a database is one run’s at a time, and free when that ends', async () => {
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
