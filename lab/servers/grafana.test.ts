import { afterEach, beforeAll, beforeEach, expect, spyOn, test } from 'bun:test'
import { chmod, copyFile, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { eventually } from '../../server/testing/barrier.ts'
import { openSession, type Session } from '../processes/session.ts'
import { startTime } from '../processes/start-time.ts'
import { scratchFolder } from '../testing/scratch.ts'
import { whichOnMachine } from '../tools/find.ts'
import { findGrafana, startGrafana } from './grafana.ts'

const root = await scratchFolder()
const machine = join(root, 'machine')
const dashboards = resolve(import.meta.dir, '../../dashboards')
const changed = ['PATH', 'STAMPEDE_TOOLS', 'LANG', 'GF_SERVER_CERT_FILE']
const before = changed.map((name) => [name, process.env[name]] as const)
const installed = whichOnMachine('grafana') !== null
const prometheusUrl = 'http://127.0.0.1:9'
const seen = z.object({
  pid: z.int(),
  arguments: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
})
let session: Session

beforeAll(async () => {
  const program = join(machine, 'bin/grafana')
  const fake = resolve(import.meta.dir, '../testing/fake-grafana.ts')
  await Bun.write(program, `#!/bin/sh\nexec '${process.execPath}' '${fake}' "$@"\n`)
  await chmod(program, 0o755)
  await mkdir(join(machine, 'old'))
  await copyFile(program, join(machine, 'old/grafana-server'))
  await Bun.write(join(machine, 'share/grafana/conf/defaults.ini'), '')
})
beforeEach(async () => {
  process.env.PATH = `${join(machine, 'bin')}:/usr/bin:/bin`
  session = await openSession(join(root, 'sessions'))
})
afterEach(async () => {
  await session.close()
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})

async function start() {
  const started = await startGrafana(session, { prometheusUrl })
  const answer = await fetch(`${started?.url}/api/health`, { signal: AbortSignal.timeout(5000) })
  return { url: started?.url, ...seen.parse(await answer.json()) }
}

test('it is started on loopback, with folders that exist, and ends with the session', async () => {
  process.env.GF_SERVER_CERT_FILE = '/somebody/elses'
  const { url, pid, arguments: given, environment } = await start()
  expect(url).toBe(`http://127.0.0.1:${environment.GF_SERVER_HTTP_PORT}`)
  expect(environment).toMatchObject({
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_PATHS_PROVISIONING: join(dashboards, 'provisioning'),
    PROMETHEUS_URL: prometheusUrl,
  })
  expect(environment).not.toHaveProperty('GF_SERVER_CERT_FILE')
  const data = session.dataPath('grafana')
  const home = join(await realpath(machine), 'share/grafana')
  expect(given).toEqual(['server', `--homepath=${home}`, `--config=${join(data, 'grafana.ini')}`])
  const paths = Object.entries(environment).filter(
    ([name, value]) => /^(GF|STAMPEDE)_/.test(name) && value.startsWith('/'),
  )
  expect(paths.length).toBeGreaterThanOrEqual(6)
  for (const path of [...paths.map(([, value]) => value), home, join(data, 'grafana.ini')]) {
    expect(await stat(path)).toBeTruthy()
  }
  for (const name of ['GF_PATHS_DATA', 'GF_PATHS_LOGS', 'GF_PATHS_PLUGINS', 'STAMPEDE_BOARDS']) {
    expect(environment[name]).toStartWith(`${data}/`)
  }
  await session.close()
  await eventually('it ended', async () => (await startTime(pid)) === '')
})

test('it finds every board as a file of a real folder, which it takes for its folder', async () => {
  const { environment } = await start()
  const boards = environment.STAMPEDE_BOARDS ?? ''
  const [folder, ...others] = await readdir(boards, { withFileTypes: true })
  expect([folder?.name, folder?.isDirectory(), others]).toEqual(['Stampede', true, []])
  const names = (await readdir(join(boards, 'Stampede'))).sort()
  expect(names).toEqual((await readdir(join(dashboards, 'json'))).sort())
  for (const name of names) {
    const board: unknown = await Bun.file(join(boards, 'Stampede', name)).json()
    expect(board).toMatchObject({ uid: basename(name, '.json') })
  }
})

test('one that ends at once is reported in a line, and nothing else stops', async () => {
  process.env.LANG = 'broken'
  const printed = spyOn(console, 'error').mockImplementation(() => {})
  try {
    expect(await startGrafana(session, { prometheusUrl })).toBeNull()
    expect(printed.mock.calls).toEqual([[expect.stringMatching(/^[^\n]*ended with code 3[^\n]*$/)]])
    expect(session.signal.aborted).toBe(false)
  } finally {
    printed.mockRestore()
  }
})

test('where none is installed there is none, and nothing is printed', async () => {
  process.env.STAMPEDE_TOOLS = 'cache'
  const printed = spyOn(console, 'error').mockImplementation(() => {})
  try {
    expect(await startGrafana(session, { prometheusUrl })).toBeNull()
    expect(printed).not.toHaveBeenCalled()
  } finally {
    printed.mockRestore()
  }
})

// An installed `grafana` would be found before the older program.
test.skipIf(installed)('an older program is found too; without its home it is none', async () => {
  process.env.PATH = `${join(machine, 'old')}:/usr/bin:/bin`
  const command = [join(machine, 'old/grafana-server')]
  const home = join(machine, 'share/grafana')
  expect(await findGrafana([join(machine, 'old'), home])).toEqual({ command, home })
  await rm(join(machine, 'share'), { recursive: true })
  expect(await findGrafana([home])).toBeNull()
})
