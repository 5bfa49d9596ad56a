import type { Services } from '../ctx.ts'
import type { Stock } from '../designs/stock/stock.ts'

const turnsMax = 20

/** Brings what the option has under way into the tables, as the worker's loop does. */
export async function settleAll({ settle }: Stock, ...processes: Services[]): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    let settled = 0
    for (const services of processes) settled += (await settle?.(services)) ?? 0
    if (settled === 0) return
  }
  throw new Error(`there was something to settle ${turnsMax} times`)
}

/** A moment by which whatever is under way now is old. */
export const afterGrace = () => Date.now() + 60_000
