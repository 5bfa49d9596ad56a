import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { BankRefused, BankUnavailable } from '../clients/bank-client.ts'
import type { Database } from '../db/connections.ts'
import { momentFromNow } from '../db/statements.ts'
import type { SoldLine } from '../designs/effects/effects.ts'
import type { StepCtx } from '../designs/step-ctx.ts'
import type { DbStep, OutsideStep } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { changeBalance } from './balance.ts'

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
    return await ctx.bank.charge(request, ctx.chaos.bankHeaders(ctx.route))
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
    const { userId, totalMinor } = state
    changeBalance(db, { ...state, amountMinor: -totalMinor })
    db.later(sql`insert into balance_entries (reference, user_id, amount_minor, created_at)
        values (${`payment-${partOf(state).reference}`}, ${userId}, ${-totalMinor},
                ${momentFromNow()})`)
    await ctx.at('payment.collected', db)
  },
}

/** @throws Problem `internal` for a flow without a payment */
export function partOf(state: PayableState): PaymentPart {
  if (!state.payment) throw new Problem('internal', { detail: 'The flow carries no payment' })
  return state.payment
}

/**
 * The bank's idempotency key: what is paid for, under the client's key. The bank never forgets, so
 * that asking again never charges twice; a key that the shop has forgotten and a client uses again
 * pays for the new thing. A try that ended without the money has spent its reference (declined for
 * good, be it by a void), so the next has another.
 */
export async function newReference(
  db: Pick<Database, 'rows'>,
  paidFor: string,
  idempotencyKey: string,
): Promise<string> {
  const [row] = await db.rows<{ ended: string }>(sql`select ${endedTries(idempotencyKey)} as ended`)
  return referenceOf(paidFor, idempotencyKey, row?.ended ?? '0')
}

/** How many tries of a key have ended without the money. */
export const endedTries = (idempotencyKey: string): SQL => sql`(select count(*) from payments
    where idempotency_key = ${idempotencyKey} and live_order_id is null)`

/** @param ended of `endedTries` */
export function referenceOf(paidFor: string, idempotencyKey: string, ended: string): string {
  const words = [paidFor, idempotencyKey, ended].join('#')
  return createHash('sha256').update(words).digest('hex').slice(0, 32)
}
