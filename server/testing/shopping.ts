import { sql } from 'drizzle-orm'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { recoverSagas } from '../designs/transaction/split/recovery.ts'
import { Problem, type ProblemCode } from '../errors.ts'
import { flowOf } from '../flows/flow-of.ts'
import { placeOrder } from '../flows/place-order.ts'
import { orderIdByKey } from '../flows/read-order.ts'
import type { World } from './fixtures.ts'

/** A place order request, `2x1` = two units of option 1. */
export const lines = (...words: string[]) =>
  words.map((word) => {
    const [quantity, optionId = ''] = word.split('x')
    return { optionId, quantity: Number(quantity) }
  })

export const card = { method: 'card', cardToken: 'card-ok' } as const
export const badCard = { method: 'card', cardToken: 'card-declined' } as const

let keys = 0
/** A key that no other test uses. */
export const newKey = () => `key-${++keys}`

/** The value, or the code of the Problem. Any other error is thrown on. */
export async function outcomeOf<T>(work: Promise<T>): Promise<T | ProblemCode> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

/** Asks with a key as the HTTP layer does after an interruption: looks first, then runs. */
export async function askAgain(ctx: FlowCtx, request: Parameters<typeof placeOrder>[1]) {
  const found = await orderIdByKey(ctx, request.idempotencyKey)
  return found ?? (await placeOrder(ctx, request)).id
}

const turnsMax = 20

/** As if all leases had run out: ends every saga that can be ended. @returns how many are left */
export async function recoverAll(world: World): Promise<number> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    await expireLeases(world)
    const { ended, left } = await recoverSagas(world.otherOptions, flowOf)
    if (ended === 0) return left
  }
  throw new Error(`recovery found work ${turnsMax} times`)
}

export async function expireLeases(world: World): Promise<void> {
  await world.query(sql`
    update sagas set lease_until = '2001-01-01' where status in ('running', 'undoing')`)
}

export async function orderStates(world: World): Promise<string[]> {
  const rows = await world.query<{ state: string }>(sql`
    select concat_ws(' ', status, cancel_reason) as state from orders order by created_at, id`)
  return rows.map(({ state }) => state)
}

/** Units that the best sellers of the run's days have, of one option or of all. */
export async function soldOf(world: World, optionId?: string): Promise<number> {
  const which = optionId === undefined ? sql`` : sql`and option_id = ${optionId}`
  const [row] = await world.query<{ sold: string | null }>(sql`
    select sum(total_sold) as sold from daily_popular_products
    where sold_date >= (select date(min(created_at)) from orders) ${which}`)
  return Number(row?.sold ?? 0)
}

/** As if the option had been seeded with so many units. */
export async function setStock(world: World, optionId: string, units: number): Promise<void> {
  await world.query(sql`update product_options set stock = ${units}, initial_stock = ${units}
      where id = ${optionId}`)
}

export async function stockOf(world: World, optionId: string): Promise<number | undefined> {
  const [row] = await world.query<{ stock: number }>(sql`
    select stock from product_options where id = ${optionId}`)
  return row?.stock
}
