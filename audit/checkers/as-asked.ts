import type { Item } from '../../loadtests/crowd/shopping.ts'
import { type AskedJourney, askedJourneys } from '../asked-journeys.ts'
import { journeyOfKey } from '../attempted.ts'
import type { Checker, Evidence } from '../checker.ts'
import { judged } from '../findings.ts'
import { crowdsOf } from '../journeys.ts'
import {
  type ItemRow,
  itemsIn,
  type OrderRow,
  ordersIn,
  type PaymentRow,
  paymentsIn,
} from '../rows.ts'

/** A server that is consistent with itself may still have sold something else. */
export const asAsked: Checker = {
  name: 'as-asked',
  promise:
    'Every order belongs to the customer who asked for it and holds what they wanted, in those ' +
    'quantities and at the price of the option, and was paid in the way that they chose.',
  needs: ['history'],
  exercise: {
    by: 'orders under the keys of journeys',
    count: async (evidence) => (await ordersAsked(evidence)).length,
  },
  async check(evidence) {
    const orders = await ordersAsked(evidence)
    const unclear = orders.filter(({ journey }) => journey.piecesMax === null).length
    const finding = judged(orders.flatMap(differences))
    if (finding.verdict === 'false' || unclear === 0) return finding
    return { ...finding, first: `${unclear} orders of carts that may hold more were left out` }
  },
}

interface AskedOrder {
  row: OrderRow
  items: ItemRow[]
  payments: PaymentRow[]
  journey: AskedJourney
}

/** Each order that stands under the key of a journey, with that journey. */
async function ordersAsked(evidence: Evidence): Promise<AskedOrder[]> {
  const orders = await ordersIn(evidence)
  const items = Map.groupBy(await itemsIn(evidence), ({ orderId }) => orderId)
  const payments = Map.groupBy(await paymentsIn(evidence), ({ orderId }) => orderId)
  return crowdsOf(evidence).flatMap((crowd) => {
    const journeys = askedJourneys(crowd)
    return orders.flatMap((row): AskedOrder[] => {
      const found = journeyOfKey(crowd.keyPrefix, row.key)
      const journey = found?.kind === 'o' ? journeys[found.index] : undefined
      if (!journey) return []
      const own = { items: items.get(row.id) ?? [], payments: payments.get(row.id) ?? [] }
      return [{ row, journey, ...own }]
    })
  })
}

function differences(order: AskedOrder): string[] {
  const { row, journey, items, payments } = order
  const { asked, piecesMax } = journey
  const name = `order ${row.id} of key ${row.key}`
  const found: string[] = []
  if (row.userId !== asked.userId) {
    found.push(`${name} belongs to user ${row.userId}, user ${asked.userId} asked for it`)
  }
  const bought = items.filter(({ unitPriceMinor }) => unitPriceMinor > 0)
  if (piecesMax !== null && !isAsked(bought, asked.items, piecesMax)) {
    found.push(`${name} holds ${listOf(bought)}, asked for were ${listOf(asked.items)}`)
  }
  for (const { optionId, unitPriceMinor, priceMinor } of bought) {
    if (priceMinor === null || unitPriceMinor === priceMinor) continue
    found.push(`${name} has option ${optionId} at ${unitPriceMinor}, its price is ${priceMinor}`)
  }
  for (const { id, method } of payments) {
    if (method === asked.payment.method) continue
    found.push(`payment ${id} of ${name} is by ${method}, chosen was ${asked.payment.method}`)
  }
  if (row.status === 'paid' && isDeclined(asked.payment)) {
    found.push(`${name} is paid by a card that the bank declines`)
  }
  return found
}

const isDeclined = (payment: AskedJourney['asked']['payment']): boolean =>
  payment.method === 'card' && payment.cardToken === 'card-declined'

function isAsked(bought: readonly Item[], wanted: readonly Item[], piecesMax: number): boolean {
  const pieces = new Map<string, number>()
  for (const { optionId, quantity } of bought) {
    pieces.set(optionId, (pieces.get(optionId) ?? 0) + quantity)
  }
  return (
    pieces.size === wanted.length &&
    wanted.every(({ optionId, quantity }) => {
      const held = pieces.get(optionId) ?? 0
      return held >= quantity && held <= quantity * piecesMax
    })
  )
}

const listOf = (items: readonly Item[]): string =>
  items.map(({ optionId, quantity }) => `${quantity} × option ${optionId}`).join(', ') || 'nothing'
