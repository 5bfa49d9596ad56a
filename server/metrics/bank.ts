import type { Registry } from 'prom-client'
import { type BankClient, BankRefused, BankUnavailable } from '../clients/bank-client.ts'
import { hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { durationBuckets, histogram } from './table.ts'

/** How a call to the bank may end; `error` is a defect of ours. */
const outcomes = [
  ...(['captured', 'declined', 'refunded', 'voided', 'absent', 'unknown'] as const),
  ...(['unavailable', 'refused', 'error'] as const),
] as const

export const bankMetrics = {
  stampede_bank_call_duration_seconds: histogram(
    'Time of a call to the bank (charge, find, void), by outcome.',
    durationBuckets,
    { outcome: outcomes },
  ),
}

/** The same client, its calls timed by how they ended. */
export function registerBankMetrics(registry: Registry, bank: BankClient): BankClient {
  const durations = hotHistogram(bankMetrics.stampede_bank_call_duration_seconds)
  registerMetrics(registry, bankMetrics, { stampede_bank_call_duration_seconds: durations.read })
  const record = durations.each('outcome')
  const timed = async <Outcome extends keyof typeof record>(
    call: Promise<Outcome>,
  ): Promise<Outcome> => {
    const startedMs = performance.now()
    const took = (outcome: keyof typeof record) =>
      record[outcome]((performance.now() - startedMs) / 1000)
    try {
      const outcome = await call
      took(outcome)
      return outcome
    } catch (error) {
      if (error instanceof BankUnavailable) took('unavailable')
      else took(error instanceof BankRefused ? 'refused' : 'error')
      throw error
    }
  }
  return {
    isAway: () => bank.isAway(),
    charge: (request, headers) => timed(bank.charge(request, headers)),
    find: (reference) => timed(bank.find(reference)),
    void: (reference) => timed(bank.void(reference)),
  }
}
