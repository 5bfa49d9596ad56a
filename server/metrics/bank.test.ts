import { expect, test } from 'bun:test'
import { Registry } from 'prom-client'
import { type BankClient, BankRefused, BankUnavailable } from '../clients/bank-client.ts'
import { registerBankMetrics } from './bank.ts'

const request = { reference: 'r', amountMinor: 1, cardToken: 'c' }

test('every call is timed by its outcome; what it throws is thrown on', async () => {
  const registry = new Registry()
  const answers: (() => Promise<'captured'>)[] = [
    async () => 'captured',
    () => Promise.reject(new BankUnavailable('busy')),
    () => Promise.reject(new BankRefused(400, 'bad', 'no')),
    () => Promise.reject(new Error('a defect')),
  ]
  const bank: BankClient = {
    isAway: () => false,
    charge: () => (answers.shift() ?? (async () => 'captured' as const))(),
    find: async () => 'absent',
    void: async () => 'unknown',
  }
  const metered = registerBankMetrics(registry, bank)
  expect(await metered.charge(request)).toBe('captured')
  await expect(metered.charge(request)).rejects.toThrow('busy')
  await expect(metered.charge(request)).rejects.toThrow(BankRefused)
  await expect(metered.charge(request)).rejects.toThrow('a defect')
  expect(await metered.find('r')).toBe('absent')
  expect(await metered.void('r')).toBe('unknown')
  const text = await registry.metrics()
  const outcomes = ['captured', 'unavailable', 'refused', 'error', 'absent', 'unknown']
  for (const outcome of outcomes) {
    expect(text).toContain(`stampede_bank_call_duration_seconds_count{outcome="${outcome}"} 1`)
  }
  expect(text).toContain('stampede_bank_call_duration_seconds_count{outcome="declined"} 0')
})
