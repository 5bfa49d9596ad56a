import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isForTests, readTree } from '../testing/tidy/tree.ts'
import { NeverListened, type SpawnedProcess, spawnProcess } from './spawn-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'host-'))
const started: SpawnedProcess[] = []
afterAll(() => {
  for (const one of started) one.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

let files = 0

async function startBank(env: Record<string, string>): Promise<string> {
  const file = join(folder, `bank-${files++}`)
  const entry = join(import.meta.dir, 'bank/main.ts')
  const bank = await spawnProcess(entry, { BANK_FILE: file, ...env })
  started.push(bank)
  return new URL(bank.url).port
}

const answers = (host: string, port: string) =>
  fetch(`http://${host}:${port}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  )

test('a process listens on loopback alone, or on the address that it is given', async () => {
  const usual = await startBank({})
  expect(await answers('127.0.0.1', usual)).toBe(true)
  expect(await answers('127.0.0.2', usual)).toBe(false)

  const other = await startBank({ STAMPEDE_HOST: '127.0.0.2' })
  expect(await answers('127.0.0.2', other)).toBe(true)
  expect(await answers('127.0.0.1', other)).toBe(false)

  const all = await startBank({ STAMPEDE_HOST: '0.0.0.0', STAMPEDE_ALLOWED_HOSTS: 'bank-after' })
  expect(await answers('127.0.0.1', all)).toBe(true)
  expect(await answers('127.0.0.2', all)).toBe(true)
})

test('an address that is none ends the process before it listens, with code 4', async () => {
  const error = await startBank({ STAMPEDE_HOST: 'everywhere' }).catch((cause) => cause)
  expect(error).toBeInstanceOf(NeverListened)
  expect(error.exitCode).toBe(4)
  expect(error.log).toContain('STAMPEDE_HOST: must be an IP address')
})

test('an address of a network needs the names by which clients may call', async () => {
  const error = await startBank({ STAMPEDE_HOST: '0.0.0.0' }).catch((cause) => cause)
  expect(error).toMatchObject({ exitCode: 4 })
  expect(error.log).toContain('STAMPEDE_HOST: opens the process to a network')
  expect(error.log).toContain('STAMPEDE_ALLOWED_HOSTS')
})

test('a process refuses what a foreign page sends, and a foreign name for it', async () => {
  const port = await startBank({ STAMPEDE_ALLOWED_HOSTS: 'bank-after' })
  const voided = async (headers: Record<string, string>) => {
    const url = `http://127.0.0.1:${port}/v1/charges/order-1/void`
    const answer = await fetch(url, { method: 'POST', headers })
    return ((await answer.json()) as { code?: string; status: string }).code ?? 'voided'
  }
  expect(await voided({ origin: 'https://evil.example' })).toBe('cross-site')
  expect(await voided({ 'sec-fetch-site': 'cross-site' })).toBe('cross-site')
  expect(await voided({ host: `evil.example:${port}` })).toBe('host-not-allowed')
  const found = await fetch(`http://127.0.0.1:${port}/v1/charges/order-1`)
  expect(found.status).toBe(404)
  expect(await voided({ host: `bank-after:${port}` })).toBe('voided')
})

test('every server of the product judges its callers', async () => {
  const served = /\bBun\.serve\(/
  const judged = /\bhandlerOf\(/
  const tree = (await readTree(join(import.meta.dir, '..'))).filter(({ text }) => served.test(text))
  const own = tree.filter(({ path }) => !isForTests(path))
  expect(own.map(({ path }) => path)).toContain('server/process.ts')
  expect(own.flatMap(({ path, text }) => (judged.test(text) ? [] : path))).toEqual([])
})

test.each(['main.ts', 'worker/main.ts'])(
  '%s starts while the database is away, and says that its flags were not read',
  async (entry) => {
    const away = '127.0.0.1:9'
    const child = await spawnProcess(join(import.meta.dir, entry), {
      DATABASE_URL: `mysql://stampede@${away}/stampede`,
      REDIS_URL: `redis://${away}`,
      TICKETS_URL: `http://${away}`,
      BANK_URL: `http://${away}`,
      SLACK_WEBHOOK_URL: `http://${away}/partners/slack`,
    })
    started.push(child)
    child.kill('SIGKILL')
    expect(await child.log).toContain('design flags: cannot be read, and never were')
  },
  30_000,
)
