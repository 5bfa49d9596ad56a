import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Checker } from '../checker.ts'
import { journeysWith } from '../exercise.ts'
import { judged } from '../findings.ts'
import { journeysOf } from '../journeys.ts'
import {
  byId,
  byKey,
  isLive,
  type OrderRow,
  ordersIn,
  type PaymentRow,
  paymentsIn,
} from '../rows.ts'

/**
 * A `fail` in the history covers every key of the intent: one doubtful key makes it `info`, one
 * later success makes it `ok`, and neither matters here.
 */
export const failMeansFail: Checker = {
  name: 'fail-means-fail',
  promise:
    'What a client was definitely refused did not happen: no live order, no captured payment.',
  needs: ['history'],
  exercise: journeysWith(
    'journeys whose order or payment was refused',
    ({ order, payment }) => order?.outcome === 'fail' || payment?.outcome === 'fail',
  ),
  async check(evidence) {
    const orders = await ordersIn(evidence)
    const payments = await paymentsIn(evidence)
    const shop = {
      orders: byId(orders),
      ordersByKey: byKey(orders),
      payments: byId(payments),
      paymentsByKey: byKey(payments),
    }
    return judged(
      journeysOf(evidence).flatMap((record) => [
        ...(liveThoughRefused(record, shop) ?? []),
        ...(chargedThoughRefused(record, shop) ?? []),
      ]),
    )
  },
}

interface Shop {
  orders: Map<string, OrderRow>
  ordersByKey: Map<string, OrderRow[]>
  payments: Map<string, PaymentRow>
  paymentsByKey: Map<string, PaymentRow[]>
}

function liveThoughRefused({ order }: JourneyRecord, shop: Shop): string[] | undefined {
  if (order?.outcome !== 'fail') return
  return order.keys
    .flatMap((key) => shop.ordersByKey.get(key) ?? [])
    .filter(isLive)
    .map(
      ({ id, key, status }) =>
        `key ${key} was refused (${order.code ?? order.status}), yet order ${id} is ${status}`,
    )
}

function chargedThoughRefused({ order, payment }: JourneyRecord, shop: Shop): string[] | undefined {
  if (payment?.outcome !== 'fail') return
  const why = payment.code ?? 'declined'
  const own = payment.id === undefined ? undefined : shop.payments.get(payment.id)
  const captured = [...(own ? [own] : []), ...payment.keys.flatMap(rowsOfKey)].find(
    ({ status }) => status === 'captured',
  )
  if (captured) return [`a payment was refused (${why}), yet payment ${captured.id} is captured`]
  const paid = order?.id !== undefined && shop.orders.get(order.id)?.status === 'paid'
  return paid ? [`a payment was refused (${why}), yet order ${order?.id} is paid`] : undefined

  function rowsOfKey(key: string): PaymentRow[] {
    return shop.paymentsByKey.get(key) ?? []
  }
}
