import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ifAbsent } from '../if-absent.ts'

const abandonedAfterMs = 3_600_000

/**
 * Makes a folder as a whole or not at all: `fill` works in a draft beside it, which is then
 * renamed. Two processes may do so at once; the first rename wins, and both get the same folder.
 */
export async function makeFolder(
  target: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(target)
  const prefix = `${basename(target)}.draft-`
  await mkdir(parent, { recursive: true })
  await removeAbandoned(parent, prefix)
  const draft = await mkdtemp(join(parent, prefix))
  try {
    await fill(draft)
    await rename(draft, target).catch(async (error) => {
      if (!(await stat(target).catch(ifAbsent(null)))?.isDirectory()) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Drafts of processes that were killed while they filled them. */
async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const made = await stat(join(parent, name)).catch(ifAbsent(null))
    if (made && Date.now() - made.mtimeMs > abandonedAfterMs) {
      await rm(join(parent, name), { recursive: true, force: true })
    }
  }
}
