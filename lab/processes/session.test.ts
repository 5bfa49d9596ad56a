import { describe, expect, test } from 'bun:test'
import { chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../../server/testing/barrier.ts'
import { hold } from '../testing/hold.ts'
import { scratchFolder } from '../testing/scratch.ts'
import { liveSessions, openSession, reapStaleSessions } from './session.ts'
import { startTime } from './start-time.ts'

const root = join(await scratchFolder(), 'sessions')

async function recordedPids(folder: string): Promise<number[]> {
  const lines = (await readFile(join(folder, 'processes'), 'utf8')).trim().split('\n')
  return lines.map((line) => Number(line.split('\t')[0]))
}

async function expectNothingLeft(folder: string, pids: number[]): Promise<void> {
  for (const pid of [...pids, ...(await recordedPids(folder))]) {
    await eventually(`process ${pid} ended`, async () => (await startTime(pid)) === '')
  }
  await eventually('the data is removed', async () => !(await exists(join(folder, 'data'))))
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('a session ends with its parent', () => {
  test('that was killed with kill -9', async () => {
    const { holder, folder, pids } = await hold(root, 'commands')
    await eventually('both commands run', async () => (await recordedPids(folder)).length === 2)
    expect(await startTime(pids[1] ?? 0)).not.toBe('')
    holder.kill('SIGKILL')
    await expectNothingLeft(folder, pids)
  })

  test('that was killed together with its watchdog: the next start reaps', async () => {
    const { holder, folder, pids } = await hold(root, 'commands')
    const { out } = await psOf(folder)
    for (const pid of out) process.kill(pid, 'SIGKILL')
    holder.kill('SIGKILL')
    await holder.exited
    expect(await startTime(pids[0] ?? 0)).not.toBe('')
    expect(await reapStaleSessions(root)).toContain(folder.split('/').at(-1) ?? '')
    await expectNothingLeft(folder, pids)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('that got %s: exit %i', async (signal, code) => {
    const { holder, folder, pids } = await hold(root, 'commands')
    // The stubborn one would be waited for; a second signal means now.
    holder.kill(signal)
    await eventually('the stop began', async () => {
      holder.kill(signal)
      return holder.exitCode !== null || holder.signalCode !== null
    })
    expect(await holder.exited).toBe(code)
    await expectNothingLeft(folder, pids)
  })
})

test('other sessions of a checkout are seen while they live', async () => {
  const { holder, folder } = await hold(root, 'commands')
  const id = folder.split('/').at(-1) ?? ''
  expect(await liveSessions(undefined, root)).toEqual([id])
  expect(await liveSessions(id, root)).toEqual([])
  holder.kill('SIGKILL')
  await holder.exited
  expect(await liveSessions(undefined, root)).toEqual([])
})

test('under nohup a hang-up ends nothing', async () => {
  const nohup = ['sh', '-c', 'trap "" HUP; exec "$0" "$@"']
  const { holder, folder, pids } = await hold(root, 'commands', {
    environment: { STAMPEDE_HANGUP: 'ignored' },
    prefix: nohup,
  })
  holder.kill('SIGHUP')
  await Bun.sleep(200)
  expect([holder.exitCode, holder.signalCode]).toEqual([null, null])
  holder.kill('SIGKILL')
  await holder.exited
  await expectNothingLeft(folder, pids)
})

/** The watchdogs of a session: they have its folder as their argument. */
async function psOf(folder: string): Promise<{ out: number[] }> {
  const ps = Bun.spawn(['ps', '-A', '-o', 'pid=,args='], { stdout: 'pipe' })
  const lines = (await ps.stdout.text()).split('\n')
  const own = lines.filter((line) => line.includes('watchdog.sh') && line.includes(folder))
  return { out: own.map((line) => Number.parseInt(line, 10)) }
}

describe('reaping', () => {
  test('leaves a running session alone', async () => {
    const session = await openSession(root)
    expect(await reapStaleSessions(root)).toEqual([])
    expect(await exists(join(session.folder, 'closed'))).toBe(false)
    await session.close()
    expect(await exists(join(session.folder, 'closed'))).toBe(true)
    expect(await exists(join(session.folder, 'data'))).toBe(false)
  })

  test('never ends an unrelated process that was given the same pid', async () => {
    const unrelated = Bun.spawn(['sleep', '60'], { detached: true })
    const folder = join(root, 'pid-was-reused')
    await mkdir(join(folder, 'data'), { recursive: true })
    await writeFile(join(folder, 'owner'), `${unrelated.pid}\t1\n`)
    await writeFile(
      join(folder, 'processes'),
      `${unrelated.pid}\t1\tdatabase\nnot a pid\t\t\n1\t\t\n`,
    )
    expect(await reapStaleSessions(root)).toEqual(['pid-was-reused'])
    expect(await startTime(unrelated.pid)).not.toBe('')
    unrelated.kill()
    await unrelated.exited
  })

  test.skipIf(process.getuid?.() !== 0)('leaves sessions of another user alone', async () => {
    const folder = join(root, 'of-another-user')
    await mkdir(join(folder, 'data'), { recursive: true })
    await chown(folder, 65_534, 65_534)
    expect(await reapStaleSessions(root)).toEqual([])
    expect(await liveSessions(undefined, root)).toEqual([])
    expect(await exists(join(folder, 'data'))).toBe(true)
    await rm(folder, { recursive: true })
  })

  test('keeps the logs of the last five sessions', async () => {
    for (let count = 0; count < 7; count++) await (await openSession(root)).close()
    await reapStaleSessions(root)
    expect((await readdir(root)).length).toBe(5)
  })
})
