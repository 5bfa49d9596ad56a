import type { JourneyRecord, Operation } from '../../loadtests/crowd/history.ts'
import type { Checker } from '../checker.ts'
import { journeysWith } from '../exercise.ts'
import { judged, unknown } from '../findings.ts'
import { journeysOf } from '../journeys.ts'
import { byId, byKey, type OrderRow, ordersIn, type PaymentRow, paymentsIn } from '../rows.ts'

const hasOrder = ({ order }: JourneyRecord): boolean => order?.outcome === 'ok'

/** What was acknowledged must be there (Jepsen's `set`: lost = acknowledged − present). */
export const noLostOrder: Checker = {
  name: 'no-lost-order',
  promise:
    'Every order that was acknowledged to a client is in the database, with the same amount, ' +
    'and every acknowledged payment is captured for a paid order, every acknowledged cancel ' +
    'stands.',
  needs: ['history'],
  exercise: journeysWith('orders that were acknowledged', hasOrder),
  async check(evidence) {
    if (!evidence.history.some(hasOrder)) return unknown('no order was acknowledged to any client')
    const orders = await ordersIn(evidence)
    const shop = {
      byId: byId(orders),
      byKey: byKey(orders),
      payments: byId(await paymentsIn(evidence)),
    }
    const acknowledged = journeysOf(evidence).filter(hasOrder)
    return judged(acknowledged.flatMap((record) => lossIn(record, shop) ?? []))
  },
}

interface Shop {
  byId: Map<string, OrderRow>
  byKey: Map<string, OrderRow[]>
  payments: Map<string, PaymentRow>
}

function lossIn(journey: JourneyRecord, shop: Shop): string | undefined {
  const { order, payment, outcome, cancelled } = journey
  if (!order) return undefined
  const name = `order ${order.id ?? '?'} of key ${order.keys.at(-1) ?? '?'}`
  const row = rowOf(order, shop)
  if (!row) return `${name} was acknowledged but is not in the database`
  if (order.amountMinor !== undefined && order.amountMinor !== row.totalMinor) {
    return `${name} was acknowledged with ${order.amountMinor}, but stands at ${row.totalMinor}`
  }
  if (cancelled && row.status !== 'cancelled') {
    return `${name} was acknowledged as cancelled but is ${row.status}`
  }
  const wasPaid = outcome === 'paid' || payment?.outcome === 'ok'
  // After a 202 the bank was asked and had nothing: only such an order may be undone.
  if (row.cancelReason === 'undone' && (wasPaid || order.status !== 202)) {
    return `${name} was acknowledged but then undone`
  }
  return wasPaid ? unpaid(name, row, payment, shop) : undefined
}

function rowOf({ id, keys }: Operation, shop: Shop): OrderRow | undefined {
  return id === undefined ? shop.byKey.get(keys.at(-1) ?? '')?.[0] : shop.byId.get(id)
}

function unpaid(
  name: string,
  row: OrderRow,
  payment: Operation | undefined,
  { payments }: Shop,
): string | undefined {
  if (row.status !== 'paid') return `${name} was acknowledged as paid but is ${row.status}`
  if (payment?.id === undefined) return undefined
  const found = payments.get(payment.id)
  if (found?.orderId !== row.id || found.status !== 'captured') {
    return `payment ${payment.id} of ${name} was acknowledged but is ${found?.status ?? 'missing'}`
  }
  if (payment.amountMinor === undefined || payment.amountMinor === found.amountMinor) return
  return `payment ${payment.id} was acknowledged with ${payment.amountMinor}, not its amount`
}
