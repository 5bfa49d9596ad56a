import type { BankCharge, Checker } from '../checker.ts'
import { listed } from '../exercise.ts'
import { judged } from '../findings.ts'
import { type PaymentRow, paymentsIn } from '../rows.ts'

/** Two independent ledgers compared both ways: an answer that was lost shows here. */
export const capturesMatchBank: Checker = {
  name: 'captures-match-bank',
  promise:
    'Our captured card payments and the captured charges in the ledger of the bank are the same, ' +
    'by reference and amount, both ways, and each charge pays for one order; a cancelled order ' +
    'was not charged, or was refunded, and what we call declined was declined by the bank.',
  needs: ['bank'],
  exercise: listed('charges in the ledger of the bank', ({ bank }) => bank),
  async check(evidence) {
    const { bank } = evidence
    const cards = (await paymentsIn(evidence)).filter(({ method }) => method === 'card')
    const captured = cards.filter(({ status }) => status === 'captured')
    const charges = new Map(bank.map((charge) => [charge.reference, charge]))
    return judged([
      ...captured.flatMap((payment) => notAtBank(payment, charges.get(payment.reference)) ?? []),
      ...orphans(bank, captured, cards),
      ...sharing(captured),
      ...cards.flatMap((payment) => notDeclined(payment, charges.get(payment.reference)) ?? []),
    ])
  },
}

function notAtBank(payment: PaymentRow, charge: BankCharge | undefined): string | undefined {
  const name = `payment ${payment.id} (${payment.reference})`
  if (charge?.status !== 'captured') {
    return `${name} is captured by us, ${charge?.status ?? 'unknown'} to the bank`
  }
  if (charge.amountMinor !== payment.amountMinor) {
    return `${name} is of ${payment.amountMinor}, the bank took ${charge.amountMinor}`
  }
  if (payment.orderStatus === 'paid') return undefined
  return `${name} was charged, its order ${payment.orderId} is ${payment.orderStatus ?? 'missing'}`
}

/** Of one charge only one order is paid. */
function sharing(captured: readonly PaymentRow[]): string[] {
  const byReference = Map.groupBy(captured, ({ reference }) => reference)
  return [...byReference.values()]
    .filter((payments) => payments.length > 1)
    .map((payments) => {
      const orders = payments.map(({ orderId }) => orderId).join(' and ')
      return `one charge (${payments[0]?.reference}) pays for the orders ${orders}`
    })
}

/** Every caller reads declined of a charge that was voided or refunded. */
function notDeclined(
  { id, reference, status }: PaymentRow,
  charge: BankCharge | undefined,
): string | undefined {
  if (status !== 'declined' || (charge && charge.status !== 'captured')) return undefined
  const bankSide = charge?.status ?? 'unknown'
  return `payment ${id} (${reference}) is declined by us, ${bankSide} to the bank`
}

function orphans(
  bank: readonly BankCharge[],
  captured: readonly PaymentRow[],
  cards: readonly PaymentRow[],
): string[] {
  const ours = new Set(captured.map(({ reference }) => reference))
  const known = new Map(cards.map((payment) => [payment.reference, payment]))
  return bank
    .filter(({ reference, status }) => status === 'captured' && !ours.has(reference))
    .map(({ reference, amountMinor }) => {
      const payment = known.get(reference)
      const ourSide = payment ? `payment ${payment.id} is ${payment.status}` : 'we know of none'
      return `the bank took ${amountMinor} for ${reference}, ${ourSide}`
    })
}
