import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { idList } from '../db/statements.ts'
import { passPoint } from '../designs/transaction/expand.ts'
import { undoJoint } from '../designs/transaction/joint.ts'
import type { DbStep, Refusals } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { balanceRefusals, changeBalances } from './balance.ts'
import { chargeOf, collectFromBalance, type PayableState, writeEntries } from './collect.ts'
import { announce, claimPending, isPayable, type Payers, writePayments } from './payment-rows.ts'

/** One of several payments is refused; which one is to be found out. */
class OneRefused extends Error {}

/**
 * Claims the order, takes the money from the balance and settles, at once: nothing of it goes
 * outside, so that no other request sees it half done and nothing has to be undone.
 * @param ownOrder the order is of the same request, and needs no claim
 */
export const payFromBalance = (ownOrder: boolean): JointStep => ({
  name: 'collect',
  kind: 'db',
  async run(ctx, state, db) {
    const members = [{ ctx, state }]
    if (!ownOrder) claimPending(db, state.orderId, 'paid')
    await writePayments(members, db, 'captured')
    await ctx.at('payment.claimed', db)
    await collectFromBalance.run(ctx, state, db)
    await announce(members, db)
  },
  async together(members, db) {
    try {
      await collectAll(members, db, ownOrder)
    } catch (error) {
      if (!(error instanceof OneRefused)) throw error
      await undoJoint(db)
      return await refusalsOf(members, db, ownOrder)
    }
    await announce(members, db)
  },
})

type JointStep = DbStep<PayableState> & Required<Pick<DbStep<PayableState>, 'together'>>

/** Takes the money of several customers, each once, and judges it before anything rests on it. */
async function collectAll(members: Payers, db: Database, ownOrder: boolean): Promise<void> {
  const states = members.map(({ state }) => state)
  if (!ownOrder) claimAll(db, states)
  await writePayments(members, db, 'captured')
  await passPoint(members, 'payment.claimed', db)
  await passPoint(members, 'payment.collecting', db)
  changeBalances(db, states.map(chargeOf), () => new OneRefused())
  writeEntries(db, states)
  await passPoint(members, 'payment.collected', db)
  await db.flush()
}

function claimAll(db: Database, states: readonly PayableState[]): void {
  const claimed = sql`update orders force index (primary) set status = 'paid'
      where id in (${idList(states.map(({ orderId }) => orderId))}) and ${isPayable()}`
  db.later(claimed, {
    judge(changed) {
      if (changed !== states.length) throw new OneRefused()
    },
  })
}

/** Who of them is refused, by rows that are locked from now on. @throws Error where none is */
async function refusalsOf(members: Payers, db: Database, ownOrder: boolean): Promise<Refusals> {
  const states = members.map(({ state }) => state)
  const payable = ownOrder ? undefined : await payableOf(db, states)
  const balances = await balanceRefusals(db, states.map(chargeOf))
  const refusals = states.map(({ orderId }, index) =>
    !payable || payable.has(orderId) ? balances[index] : new Problem('order-not-payable'),
  )
  if (refusals.every((refusal) => !refusal)) throw new Error('a payment was refused for no reason')
  return refusals
}

async function payableOf(db: Database, states: readonly PayableState[]): Promise<Set<string>> {
  const ids = idList(states.map(({ orderId }) => orderId))
  const rows = await db.rows<{ id: string }>(sql`select id from orders force index (primary)
      where id in (${ids}) and ${isPayable()} for update`)
  return new Set(rows.map(({ id }) => String(id)))
}
