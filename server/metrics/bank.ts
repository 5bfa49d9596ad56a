import type { Registry } from 'prom-client'
import { type BankClient, BankRefused, BankUnavailable } from '../clients/bank-client.ts'
import { hotHistogram } from './hot.ts'
import { durationBounds } from './requests.ts'

/** What a call to the bank may end with; `error` is a defect of ours. */
const outcomes = [
  ...['captured', 'declined', 'refunded', 'voided', 'absent', 'unknown'],
  ...['unavailable', 'refused', 'error'],
]

/** The same client, its calls timed by how they ended. */
export function registerBankMetrics(registry: Registry, bank: BankClient): BankClient {
  const durations = hotHistogram(registry, {
    name: 'stampede_bank_call_duration_seconds',
    help: 'Time of a call to the bank (charge, find, void), by what it answered.',
    labelName: 'outcome',
    bounds: durationBounds,
  })
  const record = Object.fromEntries(outcomes.map((name) => [name, durations.series(name)]))
  const timed = async <Outcome extends string>(call: Promise<Outcome>): Promise<Outcome> => {
    const startedMs = performance.now()
    const took = (outcome: string) => record[outcome]?.((performance.now() - startedMs) / 1000)
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
    charge: (request, headers) => timed(bank.charge(request, headers)),
    find: (reference) => timed(bank.find(reference)),
    void: (reference) => timed(bank.void(reference)),
  }
}
