import { afterAll } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession } from '../processes/session.ts'

/**
 * An empty folder outside the checkout, removed after the tests of the file that asks for it.
 * @param last must end before the folder goes
 */
export async function scratchFolder(last = async () => {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stampede-test-'))
  afterAll(async () => {
    await last()
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}

/** A session of a test file's own in a scratch folder, closed after its tests. */
export async function scratchSession() {
  const folder = await scratchFolder(() => session.close())
  const session = await openSession(join(folder, 'sessions'))
  return { folder, session }
}
