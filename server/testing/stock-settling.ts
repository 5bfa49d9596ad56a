import type { OpenedOptions } from '../designs/opened-options.ts'

const turnsMax = 20

/** Brings all stock that is under way into the tables, as the worker's loops do. */
export async function settleStock(...processes: OpenedOptions[]): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    let settled = 0
    for (const options of processes) settled += await options.settle('stock')
    if (settled === 0) return
  }
  throw new Error(`there was something to settle ${turnsMax} times`)
}

/** So much later everything that is under way now is old. */
export const afterGraceMs = 60_000
