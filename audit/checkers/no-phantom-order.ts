import { attemptedKeys } from '../attempted.ts'
import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { judged } from '../findings.ts'
import { crowdsOf } from '../journeys.ts'
import { type OrderRow, ordersIn, paymentsIn } from '../rows.ts'

/** What is there must have been asked for (Jepsen's `set`: unexpected = present − attempted). */
export const noPhantomOrder: Checker = {
  name: 'no-phantom-order',
  promise: 'Every order and every payment in the database was asked for by a client.',
  needs: ['history'],
  exercise: rowsOf('orders', 'orders'),
  async check(evidence) {
    const attempts = crowdsOf(evidence).map(attemptedKeys)
    const wasAttempted = (key: string) => attempts.some((isAttempt) => isAttempt(key))
    const orders = (await ordersIn(evidence))
      .filter((order) => !isUndone(order) && !(isOrderKey(order.key) && wasAttempted(order.key)))
      .map(({ id, key, status }) => `${status} order ${id} has key ${key}, which no client sent`)
    const payments = (await paymentsIn(evidence))
      .filter(({ key }) => !wasAttempted(key))
      .map(({ id, key, status }) => `${status} payment ${id} has key ${key}, which no client sent`)
    return judged([...orders, ...payments])
  },
}

/** An undone order has given its key back for the next try. */
const isUndone = ({ key, status, cancelReason }: OrderRow): boolean =>
  key === '' && status === 'cancelled' && cancelReason === 'undone'

const isOrderKey = (key: string): boolean => /-o(-\d+)?$/.test(key)
