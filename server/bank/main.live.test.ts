import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BankUnavailable, createBankClient } from '../clients/bank-client.ts'
import { createPartnersClient } from '../clients/partners-client.ts'
import { NeverListened, type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { eventually } from '../testing/barrier.ts'
import type { Charge } from './ledger.ts'

const folder = mkdtempSync(join(tmpdir(), 'bank-'))
const started: SpawnedProcess[] = []
afterAll(() => {
  for (const bank of started) bank.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** A busy machine takes its time. */
const busy = { deadlineMs: 20_000 }

let files = 0
const newFile = () => join(folder, `${files++}.sqlite`)

async function start(file: string, env: Record<string, string> = {}): Promise<SpawnedProcess> {
  const settings = { BANK_FILE: file, BANK_LATENCY_MS: '0', ...env }
  const bank = await spawnProcess(join(import.meta.dir, 'main.ts'), settings)
  started.push(bank)
  return bank
}

const request = (reference: string) => ({ reference, amountMinor: 500, cardToken: 'ok' })

async function ledgerOf(url: string): Promise<Map<string, Charge['status']>> {
  const reply = await fetch(`${url}/v1/ledger`, { signal: AbortSignal.timeout(5000) })
  const { charges } = (await reply.json()) as { charges: Charge[] }
  expect(new Set(charges.map((charge) => charge.reference)).size).toBe(charges.length)
  return new Map(charges.map((charge) => [charge.reference, charge.status]))
}

/** Of a payer whose connection was still to be made when the bank went. */
function refusedOf(error: unknown): 'refused' {
  if (error instanceof BankUnavailable) return 'refused'
  throw error
}

/** Eight payers until the bank is gone; each outcome that they received, by reference. */
async function payUntilKilled(bank: SpawnedProcess, prefix: string, killAfter: number) {
  const client = createBankClient({ url: bank.url })
  const answered = new Map<string, string>()
  const payer = async (payerNumber: number) => {
    for (let turn = 0; turn < 10_000; turn++) {
      const reference = `${prefix}-${payerNumber}-${turn}`
      const outcome = await client.charge(request(reference)).catch(refusedOf)
      answered.set(reference, outcome)
      if (answered.size === killAfter) bank.kill('SIGKILL')
      if (outcome === 'unknown' || outcome === 'refused') return
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, payerNumber) => payer(payerNumber)))
  return answered
}

test('answered captured = in the ledger after a kill -9, and the rest can be settled', async () => {
  const file = newFile()
  for (const killAfter of [5, 60, 150]) {
    const bank = await start(file)
    const answered = await payUntilKilled(bank, `round${killAfter}`, killAfter)
    expect(await bank.exited).toBeNull()
    const again = await start(file)
    const ledger = await ledgerOf(again.url)
    const captured = [...answered].filter(([, outcome]) => outcome === 'captured')
    expect(captured.length).toBeGreaterThanOrEqual(killAfter - 8)
    for (const [reference] of captured) expect(ledger.get(reference)).toBe('captured')
    const client = createBankClient({ url: again.url })
    const unknown = [...answered].filter(([, outcome]) => outcome === 'unknown')
    const refused = [...answered].filter(([, outcome]) => outcome === 'refused')
    expect(unknown.length + refused.length).toBe(8)
    for (const [reference] of unknown) {
      expect(['refunded', 'voided']).toContain(await client.void(reference))
      expect(await client.charge(request(reference))).toBe('declined')
    }
    again.kill('SIGKILL')
    await again.exited
  }
})

test('one charge for one reference, however many ask at once, over sockets', async () => {
  const bank = await start(newFile(), { BANK_LATENCY_MS: '20' })
  const client = createBankClient({ url: bank.url })
  const asked = Array.from({ length: 50 }, () => client.charge(request('same')))
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['captured']))
  expect([...(await ledgerOf(bank.url))]).toEqual([['same', 'captured']])
})

test('deliveries that were confirmed are counted after a kill -9', async () => {
  const file = newFile()
  const bank = await start(file)
  const partners = createPartnersClient({ url: bank.url })
  for (const eventId of ['e1', 'e2', 'e1']) await partners.deliver('messages', eventId, {})
  bank.kill('SIGKILL')
  await bank.exited
  const again = await start(file)
  const reply = await fetch(`${again.url}/partners/ledger`)
  expect(await reply.json()).toEqual({
    deliveries: [
      { sink: 'messages', eventId: 'e1', count: 2 },
      { sink: 'messages', eventId: 'e2', count: 1 },
    ],
  })
})

describe('stopping', () => {
  test('finishes a charge in flight, lets go of a lost one, keeps no idle connection', async () => {
    const file = newFile()
    const bank = await start(file)
    const client = createBankClient({ url: bank.url, timeoutMs: 20_000 })
    expect(await client.find('idle')).toBe('absent')
    const slow = client.charge(request('slow'), { 'x-bank-latency-ms': '400' })
    const lost = client.charge(request('lost'), { 'x-bank-outcome': 'lost' })
    const isCharged = async () => (await client.find('lost')) === 'captured'
    await eventually('the lost charge is made', isCharged, busy)
    bank.kill('SIGTERM')
    expect(await slow).toBe('captured')
    expect(await lost).toBe('unknown')
    expect(await bank.exited).toBe(0)
    expect(await bank.log).toContain('bank: SIGTERM, draining')
    expect(await bank.log).not.toContain('cut')
    const ledger = await ledgerOf((await start(file)).url)
    expect(ledger).toEqual(
      new Map([
        ['lost', 'captured'],
        ['slow', 'captured'],
      ]),
    )
  })

  test('at a second signal gives up what is in flight', async () => {
    const bank = await start(newFile())
    const client = createBankClient({ url: bank.url, timeoutMs: 20_000 })
    const slow = client.charge(request('slow'), { 'x-bank-latency-ms': '20000' })
    await client.find('slow')
    bank.kill('SIGINT')
    await eventually('it takes no request', () => isRefusing(bank.url), busy)
    bank.kill('SIGTERM')
    expect(await bank.exited).toBe(1)
    expect(await slow).toBe('unknown')
  })
})

const isRefusing = (url: string) =>
  fetch(`${url}/healthz`, { keepalive: false, signal: AbortSignal.timeout(1000) }).then(
    () => false,
    () => true,
  )

describe('a start is refused, saying why', () => {
  const startError = (file: string, env: Record<string, string> = {}) =>
    start(file, env).then(
      () => undefined,
      (error) => (error instanceof NeverListened ? error : undefined),
    )

  test('with a file that is no ledger', async () => {
    const file = newFile()
    writeFileSync(file, 'this is not a database, and long enough to be looked at as one'.repeat(20))
    const error = await startError(file)
    expect(error?.exitCode).toBe(1)
    expect(error?.log).toContain(`bank: cannot use BANK_FILE ${file}: file is not a database`)
  })

  test('with bad settings, exit code 4', async () => {
    const error = await startError('', { BANK_LATENCY_MS: '-1', BANK_SEED: 'x' })
    expect(error?.exitCode).toBe(4)
    for (const name of ['BANK_FILE', 'BANK_LATENCY_MS', 'BANK_SEED']) {
      expect(error?.log).toContain(name)
    }
  })

  test('with a port in use', async () => {
    const bank = await start(newFile())
    const error = await startError(newFile(), { STAMPEDE_PORT: new URL(bank.url).port })
    expect(error).toMatchObject({ exitCode: 1 })
    expect(error?.log).toContain('bank: ')
  })
})
