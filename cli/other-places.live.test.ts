import { beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, stat, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'

// A checkout is used as it was found: by another user, at an odd path, where nothing can be
// written. Each starts a private database server and a Redis, which keep most of what is touched.

const root = resolve(import.meta.dir, '..')
const otherUserId = 65_534
const asOtherUser = [
  'setpriv',
  `--reuid=${otherUserId}`,
  `--regid=${otherUserId}`,
  '--clear-groups',
]
const isAsked = process.env.TEST_DATABASE_URL !== undefined
/** Only root may become another user; and that one must reach what the checkout consists of. */
const canBeOthers =
  process.getuid?.() === 0 &&
  succeeds(['unshare', '--mount', 'true']) &&
  succeeds([...asOtherUser, process.execPath, '--version']) &&
  succeeds([...asOtherUser, 'ls', join(root, 'node_modules/zod')])
if (isAsked && !canBeOthers) console.log('skipped: other users and read-only places (not root)')

const scratch = await scratchFolder()
const odd = join(scratch, `it's a "shop", ø 김`)
const runMsMax = 120_000

/** As few variables as a login may have. */
const plain = { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` }
/** Starts the servers, runs a test that takes no time, and stops them. */
const command = ['test', '--no-install', 'lab/if-absent.test.ts']

function succeeds(words: string[]): boolean {
  return Bun.which(words[0] ?? '') !== null && Bun.spawnSync(words).success
}

async function homeOf(name: string, user = otherUserId): Promise<string> {
  const home = join(scratch, name)
  await mkdir(home, { recursive: true })
  await chown(home, user, user)
  return home
}

/** Runs the launcher with these variables only. */
async function start(words: string[], environment: Record<string, string>, folder = '/') {
  const bare = [
    'env',
    '-i',
    ...Object.entries({ ...plain, ...environment }).map((e) => e.join('=')),
  ]
  return await run([...bare, ...words], { folder, timeoutMs: runMsMax })
}

const expectPassed = ({ code, out, err }: Awaited<ReturnType<typeof start>>) =>
  expect([code, out.split('\n').at(-2), err]).toEqual([0, 'passed', expect.anything()])

describe.skipIf(!isAsked)('a checkout that is somewhere else', () => {
  beforeAll(async () => {
    const listed = Bun.spawnSync(['git', 'ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
    })
    for (const path of listed.stdout.toString().split('\0').filter(Boolean)) {
      if (path === 'node_modules' || !existsSync(join(root, path))) continue
      await mkdir(dirname(join(odd, path)), { recursive: true })
      await cp(join(root, path), join(odd, path))
    }
    await symlink(join(root, 'node_modules'), join(odd, 'node_modules'))
    await symlink(odd, join(scratch, 'link'))
    // Temporary folders are their owner's.
    await chmod(scratch, 0o755)
  }, 60_000)

  test('at a path with spaces and quotes, under a narrow umask, by a link', async () => {
    const launcher = join(scratch, 'link/stampede')
    const words = ['sh', '-c', 'umask 077; exec "$@"', 'sh', launcher, ...command]
    expectPassed(await start(words, { HOME: await homeOf('narrow', process.getuid?.()) }))
  }, 150_000)

  test('without a home, and with a folder for temporary files that is gone', async () => {
    expectPassed(await start([join(odd, 'stampede'), ...command], { TMPDIR: '/absent/folder' }))
  }, 150_000)

  test.skipIf(!canBeOthers)(
    'of another user, who may only read it',
    async () => {
      const home = await homeOf('other-user')
      const words = [...asOtherUser, join(odd, 'stampede'), ...command]
      const outcome = await start(words, { HOME: home })
      expectPassed(outcome)
      expect(outcome.err).toContain(`sessions and runs go to ${home}/.local/state/stampede/`)
      expect((await stat(join(home, '.local/state/stampede'))).uid).toBe(otherUserId)
    },
    150_000,
  )

  test.skipIf(!canBeOthers)(
    'in a read-only place',
    async () => {
      const script =
        'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$0/stampede" "$@"'
      const words = ['unshare', '--mount', 'sh', '-c', script, odd, ...command]
      const outcome = await start(words, { HOME: await homeOf('read-only', 0) })
      expectPassed(outcome)
      expect(outcome.err).toContain(`${odd} is not yours to write`)
    },
    150_000,
  )

  test.skipIf(!canBeOthers)(
    'where nothing at all can be written, it says what to set',
    async () => {
      const words = [...asOtherUser, join(odd, 'stampede'), ...command]
      const { code, err } = await start(words, { HOME: '/proc' })
      expect(code).toBe(3)
      expect(err).toContain('cannot write the session folder /proc/.local/state/stampede/')
      expect(err).toContain('XDG_STATE_HOME may name a folder of your own')
    },
  )
})
