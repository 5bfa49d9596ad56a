import { expect, test } from 'bun:test'
import { chmod, copyFile, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'

const scratch = await scratchFolder()

/** Stands in for Bun: answers `--version`, records each `install`, else prints its arguments. */
function fakeBun(version: string): string {
  return `#!/bin/sh
case $1 in
  --version) echo ${version} ;;
  install) mkdir -p node_modules; echo installed >>installs ;;
  *) echo "$@"; pwd; exit 7 ;;
esac
`
}

/** Stands in for npm: puts a Bun of the right version where npm would. */
const fakeNpm = `#!/bin/sh
folder=$3/node_modules/bun/bin
mkdir -p "$folder"
cp "$(dirname "$0")/bun-from-npm" "$folder/bun.exe"
chmod +x "$folder/bun.exe"
`

async function checkout(bunVersion: string) {
  const folder = await mkdtemp(join(scratch, 'checkout-'))
  await mkdir(join(folder, 'bin'))
  for (const [name, text] of [
    ['bun', fakeBun(bunVersion)],
    ['npm', fakeNpm],
    ['bun-from-npm', fakeBun('1.4.5')],
  ] as const) {
    await writeFile(join(folder, 'bin', name), text)
    await chmod(join(folder, 'bin', name), 0o755)
  }
  await copyFile(resolve(import.meta.dir, '../stampede'), join(folder, 'stampede'))
  await writeFile(join(folder, 'bun.lock'), 'lock')
  await writeFile(join(folder, 'package.json'), '{}')
  const environment = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` }
  const start = (...words: string[]) =>
    run([join(folder, 'stampede'), ...words], { environment, folder: '/' })
  const installs = async () =>
    (await readFile(join(folder, 'installs'), 'utf8')).split('\n').length - 1
  return { folder, environment, start, installs }
}

test('installs once, hands the words over as they are, keeps folder and code', async () => {
  const { folder, start, installs } = await checkout('1.4.5')
  const first = await start('doctor', 'a b', '--json')
  expect(first.out).toBe(`--no-env-file ${folder}/cli/main.ts doctor a b --json\n/\n`)
  expect(first.code).toBe(7)
  expect(first.err).toBe(
    'stampede: installing the locked dependencies (bun install --frozen-lockfile)\n',
  )
  const second = await start()
  expect(second.err).toBe('')
  expect(await installs()).toBe(1)
  await writeFile(join(folder, 'bun.lock'), 'another lock')
  await start()
  expect(await installs()).toBe(2)
})

test('another version of Bun on PATH is not taken: the pinned one comes from npm', async () => {
  const { folder, start } = await checkout('1.4.4')
  const { code, err } = await start('doctor')
  expect(code).toBe(7)
  expect(err).toContain('stampede: fetching Bun 1.4.5 with npm')
  expect(await Bun.file(join(folder, '.stampede/toolchain/bun-1.4.5/bin/bun')).exists()).toBe(true)
})

test('works through a symbolic link', async () => {
  const { folder, environment } = await checkout('1.4.5')
  await symlink('../stampede', join(folder, 'bin/linked'))
  const { out } = await run([join(folder, 'bin/linked')], { environment, folder: '/' })
  expect(out).toContain(`${folder}/cli/main.ts`)
})

test('first starts at the same time install once', async () => {
  const { start, installs } = await checkout('1.4.4')
  const codes = (await Promise.all([start(), start(), start()])).map((one) => one.code)
  expect(codes).toEqual([7, 7, 7])
  expect(await installs()).toBe(1)
})

test('a lock that cannot be made is no lock that another start holds', async () => {
  const { folder, start } = await checkout('1.4.5')
  const readOnly = '#!/bin/sh\necho "ln: $3: Read-only file system" >&2\nexit 1\n'
  await writeFile(join(folder, 'bin/ln'), readOnly)
  await chmod(join(folder, 'bin/ln'), 0o755)
  const { code, err } = await start('doctor')
  expect(code).toBe(3)
  expect(err).toContain(`cannot make the lock ${folder}/.stampede/setup.lock: `)
  expect(err).toContain('Read-only file system')
})

test('a checkout that cannot be set up by this user says who can', async () => {
  const { folder, start } = await checkout('1.4.5')
  await writeFile(join(folder, '.stampede'), '')
  const { code, err } = await start('doctor')
  expect(code).toBe(3)
  expect(err).toContain(`mkdir: `)
  expect(err).toContain(`${folder} is not set up yet: its owner runs ./stampede doctor once`)
})

test.each([
  ['', 'exit 9'],
  ['trap "" HUP; ', 'ignored exit 9'],
])('%p before it: a hang-up is ignored as its parent has it', async (before, printed) => {
  const { folder, environment, start } = await checkout('1.4.5')
  await start()
  const bun =
    '#!/bin/sh\ncase $1 in --version) echo 1.4.5 ;; *) echo $STAMPEDE_HANGUP exit 9 ;; esac\n'
  await writeFile(join(folder, 'bin/bun'), bun)
  const command = ['sh', '-c', `${before}exec "$0"`, join(folder, 'stampede')]
  const { out } = await run(command, { environment, folder: '/' })
  expect(out.trim()).toBe(printed)
})

test('a lock whose owner was killed is broken', async () => {
  const { folder, start } = await checkout('1.4.5')
  const dead = Bun.spawn(['true'])
  await dead.exited
  await mkdir(join(folder, '.stampede'))
  await symlink(String(dead.pid), join(folder, '.stampede/setup.lock'))
  expect((await start()).code).toBe(7)
})
