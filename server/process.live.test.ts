import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

  const all = await startBank({ STAMPEDE_HOST: '0.0.0.0' })
  expect(await answers('127.0.0.1', all)).toBe(true)
  expect(await answers('127.0.0.2', all)).toBe(true)
})

test('an address that is none ends the process before it listens, with code 4', async () => {
  const error = await startBank({ STAMPEDE_HOST: 'everywhere' }).catch((cause) => cause)
  expect(error).toBeInstanceOf(NeverListened)
  expect(error.exitCode).toBe(4)
  expect(error.log).toContain('STAMPEDE_HOST: must be an IP address')
})
