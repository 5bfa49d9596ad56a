import { Problem } from '../errors.ts'
import type { Design } from './design.ts'
import { stock } from './stock/options.ts'
import type { StockLedger, StockOption } from './stock/stock.ts'

const ledgerOf = ({ options }: Design): StockLedger => {
  const option: StockOption = stock.options[options.stock]
  return option.ledger ?? 'row'
}

/**
 * Holds a shop to one ledger of its stock: of two, each would sell what the other has sold already.
 * @param asked the design that a request or an operator asks for
 * @param current the one that the process runs under
 * @returns the design asked for
 * @throws Problem `design-refused`
 */
export function assertSameLedger(asked: Design, current: Design): Design {
  if (ledgerOf(asked) === ledgerOf(current)) return asked
  const [next, kept] = [asked.options.stock, current.options.stock]
  const detail =
    `stock=${next} does not see what stock=${kept} has sold, and would sell it again: ` +
    'start a shop with it'
  throw new Problem('design-refused', { detail, field: 'design' })
}
