import { Counter, Gauge, type Registry } from 'prom-client'
import type { Board } from './board.ts'

/** What the board does, read at scrape time: which faults are on, and how often each has bitten. */
export function registerChaosMetrics(registry: Registry, board: Board): void {
  const registers = [registry]
  const labelNames = ['fault']
  new Gauge({
    name: 'stampede_fault_active',
    help: '1 while the fault is on.',
    labelNames,
    registers,
    collect() {
      for (const { name, active } of board.list()) this.set({ fault: name }, active ? 1 : 0)
    },
  })
  new Counter({
    name: 'stampede_fault_injected_total',
    help: 'Times that the fault has bitten since the process began.',
    labelNames,
    registers,
    collect() {
      this.reset()
      for (const { name, injected } of board.list()) this.inc({ fault: name }, injected)
    },
  })
}
