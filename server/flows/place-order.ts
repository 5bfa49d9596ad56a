import { sql } from 'drizzle-orm'
import type { Database } from '../db/connections.ts'
import { isDuplicateKey } from '../db/failures.ts'
import { listOf, momentFromNow, moveRow } from '../db/statements.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import type { StockLine } from '../designs/stock/stock.ts'
import { passPoint } from '../designs/transaction/expand.ts'
import type { BatchMember, DbStep, Flow, Step } from '../designs/transaction/transaction.ts'
import { Problem } from '../errors.ts'
import { orderLimits } from './carts.ts'
import { type PaymentPart, referenceOf, refuseWithoutBank } from './collect.ts'
import { type OrderLine, takeLines, unitsOf } from './order-lines.ts'
import { apartBy, captured, markUnknown, paymentSteps, unlessLost } from './pay-order.ts'
import { quoteRead } from './quote.ts'
import { itemOf, readOrder } from './read-order.ts'
import { giveCouponBack, redeemCoupon } from './redeem-coupon.ts'
import type { Order } from './shapes.ts'

/** What an order needs on its way; plain JSON, kept in the saga rows of a split transaction. */
export interface OrderState {
  userId: string
  idempotencyKey: string
  /** Of the balance, when the prices were read. */
  balanceVersion: number
  /** In the customer's own order; gifts come after all that was asked for. */
  lines: OrderLine[]
  /** Cart lines that become this order and leave the cart with it. */
  cartItemIds: string[]
  totalMinor: number
  expiresAtMs: number
  orderId: string
  /** Ids of the order's items, one a line. */
  itemIds: string[]
  /** Number of the coupon that the order redeems. */
  coupon?: string
  /** Present when the customer pays in the same request. */
  payment?: PaymentPart
}

export interface PlaceOrder {
  userId: string
  idempotencyKey: string
  /** Keeps the answer in the transaction that makes it true. */
  keep?(db: Database, order: Order): void
  /** Items to order; undefined = what is in the cart. */
  items: StockLine[] | undefined
  coupon?: string | undefined
  payment?: { method: 'balance' | 'card'; cardToken?: string | undefined } | undefined
}

/**
 * Places an order: takes every item from stock, writes the order, and pays when asked to.
 * @returns the order; its payment is `unknown` until a silent bank has answered
 * @throws Problem `sold-out`, `cart-empty`, `cart-changed`, `not-found`, `idempotency-key-reused`
 * (an order of long ago has the key), `coupon-redeemed` and those of paying
 */
export async function placeOrder(ctx: FlowCtx, request: PlaceOrder): Promise<Order> {
  refuseWithoutBank(ctx, request.payment?.method)
  const state = await quote(ctx, request)
  try {
    const flow = placeOrderFlow(state, request.payment?.cardToken)
    const ended: Flow<OrderState>['ended'] = (now, db) => request.keep?.(db, placed(now))
    await ctx.design.transaction.execute(ctx, { ...flow, ended }, state)
  } catch (error) {
    return await notPlaced(ctx, state, error)
  }
  ctx.observer.orderEnded('placed')
  if (state.payment) ctx.observer.orderEnded('paid')
  return placed(state)
}

function placed({ orderId, itemIds, payment, ...state }: OrderState): Order {
  return {
    id: orderId,
    userId: state.userId,
    status: payment ? 'paid' : 'pending',
    totalMinor: state.totalMinor,
    expiresAt: new Date(state.expiresAtMs).toISOString(),
    items: state.lines.map((line, index) => itemOf({ ...line, id: itemIds[index] ?? '' })),
    ...(payment ? { payment: captured(orderId, state.totalMinor, payment) } : {}),
  }
}

/** An order whose bank answer is still open stands, and recovery settles it; the rest is undone. */
async function notPlaced(ctx: FlowCtx, state: OrderState, error: unknown): Promise<Order> {
  if (!(error instanceof Problem)) throw error
  if (error.code === 'sold-out') ctx.observer.orderEnded('sold-out')
  if (error.code === 'card-declined') ctx.observer.orderEnded('declined')
  if (error.code !== 'bank-unknown') throw error
  ctx.observer.orderEnded('unknown')
  return await unlessLost(error, async () =>
    (await markUnknown(ctx, state)) ? await readOrder(ctx, state.orderId) : undefined,
  )
}

/**
 * The steps of an order, from its state alone, so that recovery can rebuild them.
 * @param cardToken absent in recovery, which charges no card
 */
export function placeOrderFlow(
  state: OrderState,
  cardToken?: string,
  inSteps = false,
): Flow<OrderState> {
  const { payment } = state
  const steps: Step<OrderState>[] = [takeLines(state.lines, writeOrder.name), writeOrder]
  if (payment) steps.push(...paymentSteps(payment.method, { ownOrder: true, inSteps, cardToken }))
  return {
    kind: 'place-order',
    idempotencyKey: state.idempotencyKey,
    steps,
    pivot: payment ? 'collect' : 'write-order',
    ...apartBy(state),
  }
}

async function quote(ctx: FlowCtx, request: PlaceOrder): Promise<OrderState> {
  const { userId, idempotencyKey, payment } = request
  const cart = request.items ? [] : await cartOf(ctx.connections, userId)
  const wanted = request.items ?? cart
  if (wanted.length === 0) throw new Problem('cart-empty')
  const paidBy = payment && idempotencyKey
  const found = await ctx.connections.readShared(quoteRead, { userId, wanted, paidBy })
  if (found instanceof Problem) throw found
  await ctx.at('order.quoted')
  const { lines, balanceVersion, quotedAtMs, endedTries } = found
  const state: OrderState = {
    userId,
    idempotencyKey,
    balanceVersion,
    lines,
    cartItemIds: cart.map(({ id }) => id),
    totalMinor: lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0),
    expiresAtMs: quotedAtMs + ctx.orderTtlSeconds * 1000,
    orderId: '',
    itemIds: [],
    ...(request.coupon === undefined ? {} : { coupon: request.coupon }),
  }
  if (payment) {
    const reference = referenceOf(`user ${userId}`, idempotencyKey, endedTries)
    state.payment = { method: payment.method, paymentId: '', reference }
  }
  return state
}

const cartOf = (db: Pick<Database, 'rows'>, userId: string) =>
  db.rows<StockLine & { id: string }>(sql`
    select id, option_id as optionId, quantity from cart_items where user_id = ${userId}
    order by id limit ${orderLimits.lines}`)

const writeOrder: DbStep<OrderState> = {
  name: 'write-order',
  kind: 'db',
  async run(ctx, state, db) {
    const members = [{ ctx, state }]
    await takeIds(members, db)
    await writeOrders(members, db)
  },
  prepare: takeIds,
  together: writeOrders,
  async undo(_ctx, state, db) {
    const undone = sql`update orders set status = 'cancelled', cancel_reason = 'undone',
                         cancelled_at = ${momentFromNow()}, idempotency_key = null
        where id = ${state.orderId} and status = 'paying'`
    moveRow(db, `order ${state.orderId}`, undone)
    if (state.cartItemIds.length > 0) await refillCart(db, state)
    if (state.coupon !== undefined) await giveCouponBack(db, state.orderId)
  },
}

type Orders = readonly BatchMember<OrderState>[]

async function takeIds(members: Orders, db: Database): Promise<void> {
  const ctx = members[0]?.ctx
  if (!ctx) return
  const { ids } = ctx.design
  const orderIds = await ids.take(ctx, db, 'orders', members.length)
  const lineCount = members.reduce((sum, { state }) => sum + state.lines.length, 0)
  const itemIds = await ids.take(ctx, db, 'order_items', lineCount)
  for (const [index, { state }] of members.entries()) {
    state.orderId = orderIds[index] ?? ''
    state.itemIds = itemIds.splice(0, state.lines.length)
  }
}

/** Writes each table once, however many orders there are. */
async function writeOrders(members: Orders, db: Database): Promise<undefined> {
  insertOrders(db, members)
  insertItems(db, members)
  for (const { state } of members) {
    if (state.cartItemIds.length > 0) takeFromCart(db, state)
    if (state.coupon !== undefined) await redeemCoupon(db, state.coupon, state.orderId)
  }
  await passPoint(members, 'order.written', db)
}

function insertOrders(db: Database, members: Orders): void {
  const rows = members.map(
    ({ state }) =>
      sql`(${state.orderId}, ${state.userId}, ${statusOf(state)},
           ${state.totalMinor}, ${state.idempotencyKey}, ${momentFromNow()},
           ${new Date(state.expiresAtMs)})`,
  )
  const insert = sql`insert into orders
        (id, user_id, status, total_minor, idempotency_key, created_at, expires_at)
      values ${sql.join(rows, sql`,`)}`
  db.later(insert, {
    failure: (cause) =>
      isDuplicateKey(cause, 'orders_idempotency_key')
        ? new Problem('idempotency-key-reused', { cause })
        : undefined,
  })
}

/** A payment from the balance is of the same transaction: no other sees it on its way. */
const statusOf = ({ payment }: OrderState) =>
  payment === undefined ? 'pending' : payment.method === 'balance' ? 'paid' : 'paying'

function insertItems(db: Database, members: Orders): void {
  const rows = members.flatMap(({ state: { orderId, itemIds, lines } }) =>
    lines.map(
      (line, index) =>
        sql`(${itemIds[index]}, ${orderId}, ${line.optionId}, ${line.quantity}, ${unitsOf(line)},
             ${line.unitPriceMinor})`,
    ),
  )
  db.later(sql`
    insert into order_items (id, order_id, option_id, quantity, units, unit_price_minor)
    values ${sql.join(rows, sql`,`)}`)
}

/**
 * Takes what is ordered out of the cart; what was put in since it was read stays there.
 * in: the lines that were read · out: the cart without them · closes: two orders of one cart, by
 * the pieces that each line must have: the second to come finds too few, and all of it is undone
 * (Problem `cart-changed`).
 */
function takeFromCart(db: Database, { lines, cartItemIds }: OrderState): void {
  const ordered = cartItemIds.map((id, index) => ({ id, pieces: lines[index]?.quantity ?? 0 }))
  const pairs = ordered.map(({ id, pieces }) => sql`(${id}, ${pieces})`)
  const whole = sql`delete from cart_items
      where id in (${listOf(cartItemIds)}) and (id, quantity) in (${sql.join(pairs, sql`,`)})`
  db.later(whole, {
    async judge(gone) {
      let taken = gone
      for (const { id, pieces } of gone === ordered.length ? [] : ordered) {
        taken += await db.change(sql`update cart_items set quantity = quantity - ${pieces}
            where id = ${id} and quantity > ${pieces}`)
      }
      if (taken !== ordered.length) throw new Problem('cart-changed')
    },
  })
}

/** What was ordered from the cart goes back there; what was put in since is added up. */
async function refillCart(db: Database, { userId, lines, cartItemIds }: OrderState): Promise<void> {
  const rows = cartItemIds.map((id, index) => {
    const line = lines[index]
    return sql`(${id}, ${userId}, ${line?.optionId}, ${line?.quantity})`
  })
  await db.change(sql`
    insert into cart_items (id, user_id, option_id, quantity) values ${sql.join(rows, sql`,`)}
    on duplicate key update quantity = quantity + values(quantity)`)
}
