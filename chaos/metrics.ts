import type { Readings } from '../server/metrics/register.ts'
import type { MetricTable } from '../server/metrics/table.ts'
import type { Board } from './board.ts'
import { faults } from './faults.ts'

const labels = { fault: Object.keys(faults) }

/** Which faults are on, and how often each has bitten. */
export const faultMetrics = {
  stampede_fault_active: { type: 'gauge', help: '1 while the fault is on.', labels },
  stampede_fault_injected_total: {
    type: 'counter',
    help: 'Times that the fault has bitten since the process began.',
    labels,
  },
} as const satisfies MetricTable

/** How the board's metrics are read; the server registers them. */
export function faultReadings(board: Board): Readings<typeof faultMetrics> {
  return {
    stampede_fault_active: () =>
      Object.fromEntries(board.list().map(({ name, active }) => [name, active ? 1 : 0])),
    stampede_fault_injected_total: () =>
      Object.fromEntries(board.list().map(({ name, injected }) => [name, injected])),
  }
}
