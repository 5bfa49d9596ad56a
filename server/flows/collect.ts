import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { BankRefused, BankUnavailable } from '../clients/bank-client.ts'
import type { Database } from '../db/connections.ts'
import { listOf, momentFromNow } from '../db/statements.ts'
import type { SoldLine } from '../designs/effects/effects.ts'
import type { StepCtx } from '../designs/step-ctx.ts'
import type { DbStep, OutsideStep } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { type BalanceChange, changeBalance } from './balance.ts'

export interface PaymentPart {
  method: 'balance' | 'card'
  paymentId: string
  /** What the bank knows this try by. */
  reference: string
  /** The bank declined, as opposed to not answering. */
  declined?: boolean
}

/** What paying needs; both a payment of its own and an order paid at once carry this. */
export interface PayableState {
  idempotencyKey: string
  userId: string
  orderId: string
  totalMinor: number
  /** Of the balance when the flow began: a later write of another has won. */
  balanceVersion: number
  lines: (SoldLine & { giftOf?: string })[]
  payment?: PaymentPart
}

/**
 * Asks the bank for the money.
 * @param cardToken a secret: it lies beside the state, which is kept. What asks later has none, and
 * needs none.
 */
export const collectByCard = (cardToken: string): OutsideStep<PayableState> => ({
  name: 'collect',
  kind: 'outside',
  async run(ctx, state) {
    const payment = partOf(state)
    await ctx.at('payment.collecting')
    const outcome = await charge(ctx, state, cardToken)
    await ctx.at('payment.collected')
    if (outcome === 'unknown') throw new Problem('bank-unknown')
    payment.declined = outcome === 'declined'
    if (payment.declined) throw new Problem('card-declined')
  },
  async find(ctx, state) {
    const found = await ctx.bank.find(partOf(state).reference)
    if (found === 'declined') partOf(state).declined = true
    if (found === 'unknown') return 'unknown'
    return found === 'captured' ? 'done' : 'not-done'
  },
  async undo(ctx, state) {
    const payment = partOf(state)
    const found = await ctx.bank.find(payment.reference)
    payment.declined = found === 'declined'
    const isOpen = found === 'captured' || found === 'absent'
    const settled = isOpen ? await ctx.bank.void(payment.reference) : found
    if (settled === 'unknown') throw new Problem('bank-unknown')
  },
})

async function charge(ctx: StepCtx, state: PayableState, cardToken: string) {
  try {
    const { reference } = partOf(state)
    const request = { reference, amountMinor: state.totalMinor, cardToken }
    return await ctx.bank.charge(request, ctx.chaos.bankHeaders(ctx.route, ctx))
  } catch (cause) {
    if (cause instanceof BankUnavailable) throw new Problem('bank-unavailable', { cause })
    if (cause instanceof BankRefused) throw new Problem('bank-refused', { cause })
    throw cause
  }
}

/**
 * For the start of a flow: while the bank is away nothing is taken that would only be given back.
 * @throws Problem `bank-unavailable`
 */
export function refuseWithoutBank(ctx: StepCtx, method: string | undefined): void {
  if (method === 'card' && ctx.bank.isAway()) throw new Problem('bank-unavailable')
}

/**
 * Takes the money from the balance.
 * in: the version that was read when the flow began · out: the new balance · closes: two payments
 * that both see enough money: the first one writes, the other is refused and not tried again (S3).
 */
export const collectFromBalance: DbStep<PayableState> = {
  name: 'collect',
  kind: 'db',
  async run(ctx, state, db) {
    await ctx.at('payment.collecting', db)
    changeBalance(db, chargeOf(state))
    writeEntries(db, [state])
    await ctx.at('payment.collected', db)
  },
}

/** What a payment changes of its customer's balance. */
export const chargeOf = ({ userId, balanceVersion, totalMinor }: PayableState): BalanceChange => {
  return { userId, balanceVersion, amountMinor: -totalMinor }
}

/** Writes down what payments have taken from balances. */
export function writeEntries(db: Database, payments: readonly PayableState[]): void {
  const rows = payments.map(
    (state) =>
      sql`(${`payment-${partOf(state).reference}`}, ${state.userId}, ${-state.totalMinor},
           ${momentFromNow()})`,
  )
  db.later(sql`insert into balance_entries (reference, user_id, amount_minor, created_at)
      values ${sql.join(rows, sql`,`)}`)
}

/** @throws Problem `internal` for a flow without a payment */
export function partOf(state: PayableState): PaymentPart {
  if (!state.payment) throw new Problem('internal', { detail: 'The flow carries no payment' })
  return state.payment
}

/** Keys whose payments have ended without the money, and how many of each. */
export const endedTries = (keys: readonly string[]): SQL => sql`
  select idempotency_key, count(*) as tries from payments
  where idempotency_key in (${listOf(keys)}) and live_order_id is null group by idempotency_key`

/** @param tries of the row of a key; a key without one has none */
export const triesOf = (tries: string | null | undefined): number => Number(tries ?? 0)

/**
 * The bank's idempotency key: what is paid for, under the client's key. The bank never forgets, so
 * that asking again never charges twice; a key that the shop has forgotten and a client uses again
 * pays for the new thing. A try that ended without the money has spent its reference (declined for
 * good, be it by a void), so the next has another.
 */
export function referenceOf(paidFor: string, idempotencyKey: string, endedTries: number): string {
  const words = [paidFor, idempotencyKey, endedTries].join('#')
  return createHash('sha256').update(words).digest('hex').slice(0, 32)
}
