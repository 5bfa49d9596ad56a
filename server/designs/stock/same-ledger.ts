import { Problem } from '../../errors.ts'
import type { Design } from '../design.ts'
import type { StockLedger } from './stock.ts'

const bookOf = ({ stock }: Design): StockLedger => stock.book ?? 'row'

/**
 * Holds a shop to one book of its stock: of two, each would sell what the other has sold already.
 * @param asked the design that somebody wants
 * @param current the one that the process runs under
 * @returns the design asked for
 * @throws Problem `design-refused`
 */
export function assertSameLedger(asked: Design, current: Design): Design {
  if (bookOf(asked) === bookOf(current)) return asked
  const [wanted, kept] = [asked.options.stock, current.options.stock]
  const detail =
    `stock=${wanted} does not see what stock=${kept} has sold, and would sell it again: ` +
    'start a shop with it'
  throw new Problem('design-refused', { detail, field: 'design' })
}
