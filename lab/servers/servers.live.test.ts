import { describe, expect, test } from 'bun:test'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../../server/testing/barrier.ts'
import { answersOk } from '../answers-ok.ts'
import { run } from '../processes/run.ts'
import { startTime } from '../processes/start-time.ts'
import { type Held, hold, portIsOpen } from '../testing/hold.ts'
import { scratchFolder } from '../testing/scratch.ts'
import { findTool } from '../tools/find.ts'

const scratch = await scratchFolder()
const root = join(scratch, 'sessions')
const cache = join(scratch, 'stampede cache 김')
await mkdir(cache)

async function expectRunning(held: Held): Promise<void> {
  expect(held.pids.length).toBe(2)
  for (const port of held.ports) expect(await portIsOpen(port)).toBe(true)
}

async function expectNothingLeft(held: Held): Promise<void> {
  for (const pid of held.pids) {
    await eventually(`process ${pid} ended`, async () => (await startTime(pid)) === '')
  }
  // A neighbour may pick the same free port for a moment.
  for (const port of held.ports) {
    await eventually(`port ${port} closed`, async () => !(await portIsOpen(port)))
  }
  const data = join(held.folder, 'data')
  await eventually('the data is removed', () =>
    stat(data).then(
      () => false,
      () => true,
    ),
  )
}

describe('real servers end with their parent', () => {
  test('kill -9', async () => {
    const held = await hold(root, 'servers')
    await expectRunning(held)
    held.holder.kill('SIGKILL')
    await expectNothingLeft(held)
  })

  test('Ctrl-C stops them in order: exit 130', async () => {
    const held = await hold(root, 'servers')
    await expectRunning(held)
    held.holder.kill('SIGINT')
    expect(await held.holder.exited).toBe(130)
    await expectNothingLeft(held)
    const log = await Bun.file(join(held.folder, 'database.log')).text()
    expect(log).toContain('Shutdown complete')
  })
})

const mysql = await findTool('mysql')
if (!mysql) console.log('skipped: a private MySQL (none here; --database mysql fetches one)')

test.skipIf(!mysql)('MySQL, unpacked or not, ends with its parent', async () => {
  const held = await hold(root, 'servers', { engine: 'mysql' })
  await expectRunning(held)
  held.holder.kill('SIGKILL')
  await expectNothingLeft(held)
  const log = await Bun.file(join(held.folder, 'database.log')).text()
  expect(log).toContain(mysql?.version ?? '')
})

/** Whether the distribution's packages can be downloaded from here; else one test is skipped. */
async function packagesReachable(): Promise<boolean> {
  const { code, out } = await run(['apt-get', 'download', '--print-uris', 'redis-tools'], {
    fetches: true,
  })
  const url = /^'([^']+)'/m.exec(out)?.[1]
  return code === 0 && url !== undefined && answersOk(url, 3000, 'HEAD')
}

const canDownload = await packagesReachable()
if (!canDownload) console.log('skipped: unpacking the servers (no distribution packages from here)')

describe('a machine without servers', () => {
  const environment = { STAMPEDE_TOOLS: 'cache', XDG_CACHE_HOME: cache }

  test.skipIf(!canDownload)(
    'unpacks the distribution’s own packages into the cache and runs both from there',
    async () => {
      const held = await hold(root, 'servers', { environment })
      await expectRunning(held)
      for (const pid of held.pids) {
        const { out } = await run(['ps', '-o', 'args=', '-p', String(pid)])
        // Redis changes its title; the system knows the file that it runs.
        const file = await run(['readlink', `/proc/${pid}/exe`])
        expect(out + file.out).toContain(cache)
      }
      held.holder.kill('SIGTERM')
      expect(await held.holder.exited).toBe(143)
      await expectNothingLeft(held)
    },
    120_000,
  )
})
