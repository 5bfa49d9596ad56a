import { balances } from './balances.ts'
import { capturesMatchBank } from './captures-match-bank.ts'
import { chaosOff } from './chaos-off.ts'
import type { Checker } from './checker.ts'
import { effectsOnce } from './effects-once.ts'
import { failMeansFail } from './fail-means-fail.ts'
import { idsUniqueAndOrdered } from './ids-unique-and-ordered.ts'
import { kindsKept } from './kinds-kept.ts'
import { noLostOrder } from './no-lost-order.ts'
import { noPhantomOrder } from './no-phantom-order.ts'
import { oneChargePerKey } from './one-charge-per-key.ts'
import { oneOrderPerKey } from './one-order-per-key.ts'
import { orderTotals } from './order-totals.ts'
import { ordersTerminal } from './orders-terminal.ts'
import { outboxDrained } from './outbox-drained.ts'
import { quiet } from './quiet.ts'
import { sagasSettled } from './sagas-settled.ts'
import { stockConserved } from './stock-conserved.ts'
import { stockGrants } from './stock-grants.ts'

/** Every checker, in the order of the report. */
export const checkers: readonly Checker[] = [
  noLostOrder,
  noPhantomOrder,
  failMeansFail,
  oneOrderPerKey,
  oneChargePerKey,
  stockConserved,
  kindsKept,
  stockGrants,
  orderTotals,
  balances,
  capturesMatchBank,
  idsUniqueAndOrdered,
  effectsOnce,
  outboxDrained,
  sagasSettled,
  ordersTerminal,
  chaosOff,
  quiet,
]

/** What each checker stands for, by its name. */
export const promises = (): Record<string, string> =>
  Object.fromEntries(checkers.map(({ name, promise }) => [name, promise]))
