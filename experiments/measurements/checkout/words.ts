import { median } from 'simple-statistics'
import { rateText } from '../turns.ts'
import { roleNames } from './cost.ts'
import type { CheckoutTurn } from './turn.ts'

/** Medians of a shop's turns in one line: rate, latency, and what each paid order costs. */
export function turnsText(turns: readonly CheckoutTurn[]): string {
  const middle = (of: (turn: CheckoutTurn) => number, digits = 0) =>
    median(turns.map(of)).toFixed(digits)
  const times = roleNames.flatMap((role) =>
    turns.every(({ cost }) => cost.processorMs[role] !== undefined)
      ? `${role} ${middle(({ cost }) => cost.processorMs[role] ?? 0, 2)}`
      : [],
  )
  return [
    `${rateText(turns.map(({ paidPerSecond }) => paidPerSecond))} paid`,
    `p50 ${middle(({ p50Ms }) => p50Ms)} ms, p99 ${middle(({ p99Ms }) => p99Ms)} ms`,
    `CPU ms an order: ${times.length > 0 ? times.join(' ') : 'not known on this system'}`,
    `${middle(({ cost }) => cost.statements, 1)} statements`,
    `${middle(({ cost }) => cost.transactions, 1)} explicit transactions`,
    `${middle(({ cost }) => cost.rowsWritten, 1)} rows written`,
    `${middle(({ cost }) => cost.bytes / 1024, 1)} KiB`,
    ...refusedText(turns),
  ].join(', ')
}

function refusedText(turns: readonly CheckoutTurn[]): string[] {
  const sums = new Map<string, number>()
  for (const { refused } of turns) {
    for (const [why, count] of Object.entries(refused)) sums.set(why, (sums.get(why) ?? 0) + count)
  }
  return [...sums].map(([why, count]) => `${count} × ${why}`)
}
