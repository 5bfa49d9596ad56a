import { readFile, realpath, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ifAbsent } from '../../../lab/if-absent.ts'
import { run } from '../../../lab/processes/run.ts'
import type { Session } from '../../../lab/processes/session.ts'
import { exitCodes, UserError } from '../../../lab/user-error.ts'

const root = resolve(import.meta.dir, '../../..')
/** What decides which packages are installed; the launcher goes by the same files. */
const locks = ['bun.lock', 'package.json']
const checkoutMsMax = 120_000

/** Another commit of this repository, checked out beside it. */
export interface OtherTree {
  /** As it was asked for: `main`, `e9965ef`. */
  ref: string
  /** Absolute path. */
  folder: string
}

/**
 * The commit that a git ref names.
 * @throws UserError (exit 4) where it names none, or this is no git checkout
 */
export async function commitOf(ref: string, folder = root): Promise<string> {
  const words = ['git', 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
  const { code, out, err } = await run(words, { folder })
  if (code === 0) return out.trim()
  const why = err.trim() === '' ? 'no commit of that name' : err.trim()
  throw new UserError(`--against ${ref}: ${why}`, exitCodes.badArguments)
}

/**
 * Checks a commit out in a git work tree of its own, which goes with the session. Packages are
 * those of this checkout where both commits lock the same; else its launcher installs its own.
 * @throws UserError where git refuses
 */
export async function openOtherTree(
  session: Session,
  ref: string,
  commit: string,
): Promise<OtherTree> {
  const folder = session.dataPath('against')
  // Of a session that was killed: its folder is gone, and git still knows it.
  await git(session, ['worktree', 'prune'])
  session.add({
    name: 'work tree',
    stop: async () => {
      await run(['git', 'worktree', 'remove', '--force', folder], { folder: root })
    },
  })
  await git(session, ['worktree', 'add', '--detach', folder, commit])
  if (await locksTheSame(folder)) {
    await symlink(await realpath(join(root, 'node_modules')), join(folder, 'node_modules'))
  }
  return { ref, folder }
}

async function git(session: Session, words: string[]): Promise<void> {
  const options = { folder: root, session, timeoutMs: checkoutMsMax }
  const { code, err } = await run(['git', ...words], options)
  if (code !== 0) throw new UserError(`git ${words[0]} ${words[1]}: ${err.trim()}`)
}

async function locksTheSame(folder: string): Promise<boolean> {
  const same = locks.map(async (name) => {
    const [ours, theirs] = await Promise.all(
      [root, folder].map((one) => readFile(join(one, name), 'utf8').catch(ifAbsent(''))),
    )
    return ours === theirs
  })
  return (await Promise.all(same)).every(Boolean)
}
