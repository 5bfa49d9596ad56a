import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readUp, upFilePath } from '../experiments/up/up-file.ts'
import { sendSignal } from '../lab/processes/send-signal.ts'
import { startTime } from '../lab/processes/start-time.ts'
import { readFacts } from '../lab/servers/mariadb.ts'
import { stateFolder } from '../lab/state-folder.ts'
import { engineOf } from '../server/db/engine.ts'
import { createSchema, dropSchema } from '../server/db/migrate.ts'
import { eventually } from '../server/testing/barrier.ts'

const root = resolve(import.meta.dir, '..')
const schema = `stampede_test_up_${process.pid}`
const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env
const isFree = Boolean(databaseUrl && redisUrl) && !(await Bun.file(upFilePath).exists())
if (!isFree)
  console.log('skipped: up, spike, down, open (no test servers, or an environment is running)')

const testServers = { DATABASE_URL: `${databaseUrl}/${schema}`, REDIS_URL: redisUrl }

/** @param servers of the environment; none = private ones */
function stampede(words: string[], servers: Record<string, string | undefined> = testServers) {
  return Bun.spawn([process.execPath, join(root, 'cli/main.ts'), ...words], {
    cwd: root,
    env: { ...process.env, ...servers },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
}

async function outcome(...words: string[]) {
  const child = stampede(words)
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, out, err }
}

describe.skipIf(!isFree)('up, spike, down, open', () => {
  let up: ReturnType<typeof stampede>
  let printed = ''
  beforeAll(async () => {
    // A server given by the environment is accepted only if the schema exists.
    await createSchema(databaseUrl ?? '', schema)
    up = stampede(['up', '--no-install'])
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of up.stdout) printed += decoder.decode(chunk)
    })()
    const ready = async () => printed.includes('./stampede down')
    await Promise.race([eventually('it is up', ready, { deadlineMs: 40_000 }), reading])
    expect(await ready()).toBe(true)
  }, 60_000)
  afterAll(async () => {
    up.kill('SIGTERM')
    await up.exited
    await dropSchema(databaseUrl ?? '', schema)
  }, 30_000)

  test('a second up is refused in words', async () => {
    const { code, err } = await outcome('up')
    expect([code, err]).toEqual([4, expect.stringContaining('./stampede down ends it')])
  })

  test('the curl line that it prints switches the fault on', async () => {
    const line = /curl -K .*\\\n.*-d '.*'/.exec(printed)?.[0] ?? ''
    const short = line.replace('"latencyMs":200,"ttlSeconds":60', '"latencyMs":20,"ttlSeconds":1')
    const child = Bun.spawn(['sh', '-euc', `${short} -s`], { cwd: root, stdout: 'pipe' })
    expect(await child.stdout.json()).toMatchObject({ name: 'slow-query', active: true })
  })

  test('a spike reaches both arms and claims nothing', async () => {
    const words = ['--side-by-side', '--scenario', 'smoke', '--rate', '5', '--duration', '2s']
    const { code, out } = await outcome('spike', ...words, '--driver', 'simulator')
    expect(code).toBe(0)
    expect(out).toMatch(/before: 10 of 10 journeys/)
    expect(out).toMatch(/after: 10 of 10 journeys/)
    expect(out).toContain('no basis for a verdict')
  }, 40_000)

  test('partners rush the gateways of both arms, and have what was issued', async () => {
    const words = ['--side-by-side', '--scenario', 'partner-rush', '--duration', '2s']
    const { code, out } = await outcome('spike', ...words, '--driver', 'simulator')
    // How many depends on the machine.
    expect(out.match(/: [1-9][\d,]* of 4,000 coupons in/g) ?? out).toHaveLength(2)
    expect(out.match(/audit: what partners were answered is what was issued/g)).toHaveLength(2)
    expect(code).toBe(0)
  }, 60_000)

  test('open lists the runs there are where the asked one is not', async () => {
    const { code, err } = await outcome('open', 'no-such-run')
    expect([code, err]).toEqual([4, expect.stringContaining("no run 'no-such-run'")])
  })

  test('down ends it, and only then is there nothing to end', async () => {
    const { code } = await outcome('down')
    expect(code).toBe(0)
    expect(await up.exited).toBe(143)
    const again = await outcome('down')
    expect([again.code, again.err]).toEqual([
      4,
      expect.stringContaining('no environment is running'),
    ])
    expect((await outcome('spike')).err).toContain('./stampede up first')
  }, 60_000)
})

/** Names and process ids of what a session has running. @param owner the session's process */
async function runningIn(owner: number): Promise<{ name: string; pid: number }[]> {
  const sessions = join(stateFolder, 'sessions')
  const own = (await readdir(sessions)).find((id) => id.endsWith(`-${owner}-0`)) ?? ''
  const lines = (await readFile(join(sessions, own, 'processes'), 'utf8')).trim().split('\n')
  const running = lines.map(async (line) => {
    const [pid = '', start, name = ''] = line.split('\t')
    return (await startTime(Number(pid))) === start ? [{ name, pid: Number(pid) }] : []
  })
  return (await Promise.all(running)).flat()
}

const ofArms = ['api', 'worker', 'tickets', 'bank', 'board', 'coupon-gateway'].flatMap((role) =>
  ['before', 'after'].map((arm) => `up-${arm}-${role}`),
)
const ofServers = ['database', 'redis'].flatMap((name) => [`${name}-before`, `${name}-after`])

describe.skipIf(!isFree)('up, all of whose processes are killed', () => {
  let up: ReturnType<typeof stampede>
  let printed = ''
  beforeAll(async () => {
    const engine = engineOf((await readFacts(databaseUrl ?? '')).version)
    const none = { DATABASE_URL: undefined, REDIS_URL: undefined }
    up = stampede(['up', '--no-install', '--database', engine], none)
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder()
      for await (const chunk of stream) printed += decoder.decode(chunk)
    }
    const reading = Promise.all([read(up.stdout), read(up.stderr)])
    const ready = async () => printed.includes('./stampede down')
    await Promise.race([eventually('it is up', ready, { deadlineMs: 60_000 }), reading])
    expect(printed).toContain('./stampede down')
  }, 90_000)
  afterAll(async () => {
    up.kill('SIGTERM')
    await up.exited
  }, 30_000)

  test('starts each of them again, and serves as before', async () => {
    const owner = (await readUp())?.pid ?? 0
    const killed = await runningIn(owner)
    const names = killed.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining([...ofArms, ...ofServers]))
    for (const { pid } of killed) sendSignal(-pid, 'SIGKILL')
    const missing = () => names.filter((name) => !printed.includes(`stampede: ${name} runs again`))
    await eventually('all run again', async () => missing().length === 0, { deadlineMs: 90_000 })
    expect((await runningIn(owner)).map(({ name }) => name).sort()).toEqual(names.sort())
    const words = ['--side-by-side', '--scenario', 'smoke', '--rate', '5', '--duration', '2s']
    const { code, out } = await outcome('spike', ...words, '--driver', 'simulator')
    // Not how many: both arms at once are too much for a busy machine.
    expect(code).toBe(0)
    expect(out.match(/: 10 of 10 journeys: [1-9]\d* paid/g) ?? out).toHaveLength(2)
  }, 150_000)
})
