import { axes, type Choice, type OptionName } from './axes.ts'
import type { StockOption } from './stock/stock.ts'

/** Options of different axes that do not go together. */
export interface Combination {
  /** Matches a design that has one of the options named of each axis named. */
  when: { [A in keyof Choice]?: readonly Choice[A][] }
  /** `refused` = it cannot be right; `hazard` = it may be run, and this is known of it. */
  verdict: 'refused' | 'hazard'
  reason: string
}

/** Options of stock that take an item at a time, whichever they are. */
const oneByOne = Object.entries<StockOption>(axes.stock.options)
  .filter(([, { takesAll }]) => !takesAll)
  .map(([name]) => name as OptionName<'stock'>)

/** Every combination of which something is known. */
export const combinations: readonly Combination[] = [
  {
    when: {
      transaction: ['one-big'],
      stock: ['spin-lock', 'redis-lock', 'pubsub-lock', 'redlock', 'lock-released-early'],
    },
    verdict: 'hazard',
    reason:
      'two orders with the same items in another order wait for each other’s locks, and that ' +
      'deadlock is not detected: one of them gives up after 6 s (503)',
  },
  {
    when: { transaction: ['one-big'], stock: ['coalesced'] },
    verdict: 'hazard',
    reason:
      'two orders that each hold the quota of an item and want the other’s wait unseen: a merged ' +
      'take stands behind a row that its own order cannot let go, until its lock wait ends (3 s)',
  },
  {
    when: { transaction: ['single-statement', 'batched'], stock: oneByOne },
    verdict: 'refused',
    reason: 'One statement cannot take all items where stock is taken one item at a time',
  },
]

/** What is known of a choice, in the order of the list. */
export const combinationsIn = (
  choice: Choice,
  known: readonly Combination[] = combinations,
): Combination[] => known.filter(({ when }) => matches(choice, when))

function matches(choice: Choice, when: Combination['when']): boolean {
  return Object.entries(when).every(([axis, options]) =>
    (options as readonly string[]).includes(choice[axis as keyof Choice]),
  )
}
