import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { BankChange, Checker } from '../checker.ts'
import { listed } from '../exercise.ts'
import { judged } from '../findings.ts'
import { journeysOf } from '../journeys.ts'
import { type PaymentRow, paymentsIn } from '../rows.ts'

/**
 * What a customer sees on the account of a card, and no comparison at the end does. The bank's own
 * order of its changes decides without a clock whether it held two charges at once; a refund is too
 * late only where the bank's clock has it in a later millisecond than the client's the refusal.
 */
export const neverOvercharged: Checker = {
  name: 'never-overcharged',
  promise:
    'At no moment did the bank hold two charges of one order, one of a customer who had been ' +
    'refused for good, or one that no payment knows, not even such as it refunded later.',
  needs: ['history', 'bankChanges'],
  exercise: listed('refunds by the bank', ({ bankChanges }) =>
    bankChanges.filter(({ status }) => status === 'refunded'),
  ),
  async check(evidence) {
    const payments = await paymentsIn(evidence)
    return judged([
      ...heldTwice(evidence.bankChanges, payments),
      ...refundedLate(evidence.bankChanges, payments, journeysOf(evidence)),
    ])
  },
}

function heldTwice(changes: readonly BankChange[], payments: readonly PaymentRow[]): string[] {
  const orders = new Map(payments.map(({ reference, orderId }) => [reference, orderId]))
  const held = new Map<string, Set<string>>()
  return changes.flatMap(({ reference, status }) => {
    const orderId = orders.get(reference)
    if (orderId === undefined) {
      return status === 'refunded' ? [`the bank refunded ${reference}, we know of none`] : []
    }
    const own = held.get(orderId) ?? new Set()
    held.set(orderId, own)
    if (status !== 'captured') own.delete(reference)
    else if (own.add(reference).size > 1) {
      return [`the bank held ${own.size} charges of order ${orderId} at once`]
    }
    return []
  })
}

function refundedLate(
  changes: readonly BankChange[],
  payments: readonly PaymentRow[],
  history: readonly JourneyRecord[],
): string[] {
  const refunds = new Map(
    changes.flatMap(({ reference, status, atMs }) =>
      status === 'refunded' ? [[reference, atMs] as const] : [],
    ),
  )
  const refundedOf = Map.groupBy(
    payments.filter(({ reference }) => refunds.has(reference)),
    ({ key }) => key,
  )
  return history.flatMap(({ order, payment }) => {
    // An order that is paid at once is paid under its own key.
    const refused = payment ?? order
    if (refused?.outcome !== 'fail') return []
    const keys = refused.keys.length > 0 ? refused.keys : (order?.keys ?? [])
    return keys
      .flatMap((key) => refundedOf.get(key) ?? [])
      .flatMap(({ key, reference }) => {
        const lateMs = (refunds.get(reference) ?? 0) - refused.doneMs
        return lateMs > 0 ? [`key ${key} was refused, and refunded ${lateMs} ms after that`] : []
      })
  })
}
