import type { Readings } from '../server/metrics/register.ts'
import type { MetricTable } from '../server/metrics/table.ts'
import { faults } from './faults.ts'
import type { Tally } from './snapshot.ts'

const labels = { fault: Object.keys(faults) }

/** Which faults are on, and how often each has bitten. */
export const faultMetrics = {
  stampede_fault_active: { type: 'gauge', help: '1 while the fault is on.', labels },
  stampede_fault_considered_total: {
    type: 'counter',
    help: 'Times that the fault was asked whether it bites, since the process began.',
    labels,
  },
  stampede_fault_injected_total: {
    type: 'counter',
    help: 'Times that the fault has bitten since the process began.',
    labels,
  },
} as const satisfies MetricTable

/** What a process makes of its faults. */
interface Obeying {
  tallies(): Record<string, Tally>
  isOn(name: string): boolean
}

/** How the metrics of a process's faults are read; the server registers them. */
export function faultReadings(obeying: Obeying): Readings<typeof faultMetrics> {
  const names = Object.keys(faults)
  const counts = (of: keyof Tally) => () => {
    const tallies = obeying.tallies()
    return Object.fromEntries(names.map((name) => [name, tallies[name]?.[of] ?? 0]))
  }
  return {
    stampede_fault_active: () =>
      Object.fromEntries(names.map((name) => [name, obeying.isOn(name) ? 1 : 0])),
    stampede_fault_considered_total: counts('considered'),
    stampede_fault_injected_total: counts('injected'),
  }
}
