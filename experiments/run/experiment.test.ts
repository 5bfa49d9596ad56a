import { afterEach, expect, test } from 'bun:test'
import type { Session } from '../../lab/processes/session.ts'
import { runExperiment } from './experiment.ts'

const { DATABASE_URL, REDIS_URL } = process.env
afterEach(() => {
  Object.assign(process.env, { DATABASE_URL, REDIS_URL })
  if (DATABASE_URL === undefined) delete process.env.DATABASE_URL
  if (REDIS_URL === undefined) delete process.env.REDIS_URL
})

const offline = { driver: 'simulator', install: false } as const

test.each([
  ['as-expected', 0],
  ['invariant-broken', 1],
  ['target-missed', 2],
  ['untrusted', 3],
] as const)('the verdict %s is exit code %d, in a session of its own', async (verdict, code) => {
  const sessions: Session[] = []
  const exitCode = await runExperiment(offline, async ({ session }) => {
    sessions.push(session)
    expect(session.signal.aborted).toBe(false)
    return verdict
  })
  expect(exitCode).toBe(code)
  expect(sessions.map(({ signal }) => signal.aborted)).toEqual([true])
})

test('an experiment that throws closes its session all the same', async () => {
  let session: Session | undefined
  const broken = runExperiment(offline, async (experiment) => {
    session = experiment.session
    throw new Error('the database went away')
  })
  await expect(broken).rejects.toThrow('the database went away')
  expect(session?.signal.aborted).toBe(true)
})

test('servers that did not start are tried again when they are next asked for', async () => {
  Object.assign(process.env, { DATABASE_URL: 'mysql://root@127.0.0.1:1/stampede_x' })
  delete process.env.REDIS_URL
  await runExperiment(offline, async (experiment) => {
    await expect(experiment.testBed()).rejects.toThrow('set both DATABASE_URL and REDIS_URL')
    process.env.REDIS_URL = 'redis://127.0.0.1:1'
    await expect(experiment.testBed()).rejects.toThrow('DATABASE_URL cannot be reached')
    return 'untrusted'
  })
})

test('a run has one driver, however often it is asked for', async () => {
  await runExperiment(offline, async (experiment) => {
    const driver = await experiment.driver()
    expect(driver).toEqual({
      name: 'simulator',
      title: 'embedded simulator',
      k6Path: undefined,
    })
    expect(await experiment.driver()).toBe(driver)
    return 'as-expected'
  })
})

test('the report goes where it was asked to go, else below .stampede', async () => {
  await runExperiment({ ...offline, out: '/tmp/mine' }, async (experiment) => {
    expect(experiment.folder('rehearsal')).toBe('/tmp/mine')
    return 'as-expected'
  })
  await runExperiment(offline, async (experiment) => {
    const stamp = experiment.startedAt.toISOString().replaceAll(':', '-')
    expect(experiment.folder('reproduction')).toEndWith(`.stampede/reproductions/${stamp}`)
    return 'as-expected'
  })
})
