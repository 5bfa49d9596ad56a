import { sql } from 'drizzle-orm'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { Problem } from '../errors.ts'
import type { CartItem } from './shapes.ts'

/** What an order may have at its most, and so a cart too. */
export const orderLimits = { lines: 20, pieces: 99 } as const

const columns = sql`id, option_id as optionId, quantity`

export async function listCart(ctx: FlowCtx, userId: string): Promise<CartItem[]> {
  return await ctx.connections.rows<CartItem>(
    sql`select ${columns} from cart_items where user_id = ${userId} order by id`,
  )
}

/**
 * Puts an option into the cart, or more of it. Two at the same moment may put in a line too many;
 * an order leaves it in the cart.
 * @throws Problem `not-found` naming the user or the option, `cart-full`
 */
export async function addToCart(
  ctx: FlowCtx,
  userId: string,
  optionId: string,
  quantity: number,
): Promise<CartItem> {
  return await ctx.connections.transaction(async (db) => {
    const found = await db.rows<{ kind: string }>(sql`
      select 'userId' as kind from users where id = ${userId}
      union all select 'optionId' from product_options where id = ${optionId}
      union all select 'full' from cart_items
        where user_id = ${userId} and option_id <> ${optionId}
        having count(*) >= ${orderLimits.lines}`)
    for (const field of ['userId', 'optionId']) {
      if (!found.some(({ kind }) => kind === field)) throw new Problem('not-found', { field })
    }
    if (found.some(({ kind }) => kind === 'full')) {
      throw cartFull('optionId', `A cart has at most ${orderLimits.lines} lines`)
    }
    const [id = ''] = await ctx.design.ids.take(ctx, db, 'cart_items', 1)
    const written = await db.change(sql`insert into cart_items (id, user_id, option_id, quantity)
        values (${id}, ${userId}, ${optionId}, ${quantity})
        on duplicate key update quantity = quantity + ${quantity}`)
    await ctx.at('cart.item.added', db, optionId)
    if (written === 1) return { id, optionId, quantity }
    const [item] = await db.rows<CartItem>(sql`
      select ${columns} from cart_items where user_id = ${userId} and option_id = ${optionId}`)
    if (!item) throw new Problem('internal')
    if (item.quantity > orderLimits.pieces) {
      throw cartFull('quantity', `A line has at most ${orderLimits.pieces} pieces`)
    }
    return item
  })
}

const cartFull = (field: string, detail: string) => new Problem('cart-full', { field, detail })

/** @throws Problem `not-found` */
export async function removeFromCart(ctx: FlowCtx, userId: string, itemId: string): Promise<void> {
  const removed = await ctx.connections.change(
    sql`delete from cart_items where id = ${itemId} and user_id = ${userId}`,
  )
  if (removed === 0) throw new Problem('not-found', { field: 'itemId' })
}
