import type { Checker } from './checker.ts'
import { asAsked } from './checkers/as-asked.ts'
import { balances } from './checkers/balances.ts'
import { capturesMatchBank } from './checkers/captures-match-bank.ts'
import { carts } from './checkers/carts.ts'
import { chaosOff } from './checkers/chaos-off.ts'
import { couponAnswers } from './checkers/coupon-answers.ts'
import { couponQuotas } from './checkers/coupon-quotas.ts'
import { couponsAccounted } from './checkers/coupons-accounted.ts'
import { couponsRedeemedOnce } from './checkers/coupons-redeemed-once.ts'
import { couponsUnique } from './checkers/coupons-unique.ts'
import { designLog } from './checkers/design-log.ts'
import { dispatchedOnce } from './checkers/dispatched-once.ts'
import { effectsOnce } from './checkers/effects-once.ts'
import { failMeansFail } from './checkers/fail-means-fail.ts'
import { idsInOrder } from './checkers/ids-in-order.ts'
import { idsUniqueAndOrdered } from './checkers/ids-unique-and-ordered.ts'
import { intakesKept } from './checkers/intakes-kept.ts'
import { kindsKept } from './checkers/kinds-kept.ts'
import { neverOvercharged } from './checkers/never-overcharged.ts'
import { neverOversold } from './checkers/never-oversold.ts'
import { noLostOrder } from './checkers/no-lost-order.ts'
import { noPhantomOrder } from './checkers/no-phantom-order.ts'
import { oneChargePerKey } from './checkers/one-charge-per-key.ts'
import { oneOrderPerKey } from './checkers/one-order-per-key.ts'
import { orderTotals } from './checkers/order-totals.ts'
import { ordersTerminal } from './checkers/orders-terminal.ts'
import { outboxDrained } from './checkers/outbox-drained.ts'
import { paymentHistory } from './checkers/payment-history.ts'
import { quiescent } from './checkers/quiescent.ts'
import { readYourWrites } from './checkers/read-your-writes.ts'
import { readsFresh } from './checkers/reads-fresh.ts'
import { refusedRightly } from './checkers/refused-rightly.ts'
import { retiredSequences } from './checkers/retired-sequences.ts'
import { sagasSettled } from './checkers/sagas-settled.ts'
import { stockConserved } from './checkers/stock-conserved.ts'
import { stockGrants } from './checkers/stock-grants.ts'
import { topUps } from './checkers/top-ups.ts'

/** Every checker, in the order of the report. */
export const checkers: readonly Checker[] = [
  noLostOrder,
  noPhantomOrder,
  asAsked,
  carts,
  failMeansFail,
  refusedRightly,
  readsFresh,
  readYourWrites,
  intakesKept,
  oneOrderPerKey,
  oneChargePerKey,
  neverOvercharged,
  stockConserved,
  neverOversold,
  kindsKept,
  stockGrants,
  orderTotals,
  balances,
  topUps,
  capturesMatchBank,
  paymentHistory,
  idsUniqueAndOrdered,
  idsInOrder,
  retiredSequences,
  effectsOnce,
  outboxDrained,
  dispatchedOnce,
  couponsUnique,
  couponAnswers,
  couponsAccounted,
  couponQuotas,
  couponsRedeemedOnce,
  sagasSettled,
  ordersTerminal,
  designLog,
  chaosOff,
  quiescent,
]

/** What each checker stands for, by its name. */
export const promises = (): Record<string, string> =>
  Object.fromEntries(checkers.map(({ name, promise }) => [name, promise]))
