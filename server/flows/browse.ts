import type { FlowCtx } from '../designs/flow-ctx.ts'
import type { Page, PopularRange } from '../designs/reads/reads.ts'
import { Problem } from '../errors.ts'
import { logError } from '../log.ts'

/** One page of products in the order of their ids, as JSON text. */
export const listProducts = (ctx: FlowCtx, page: Page): Promise<string> =>
  ctx.design.reads.products(ctx, page)

/**
 * A product with its options, as JSON text.
 * @throws Problem `not-found`
 */
export async function readProduct(ctx: FlowCtx, id: string): Promise<string> {
  const body = await ctx.design.reads.product(ctx, id)
  if (body === undefined) throw new Problem('not-found', { field: 'id' })
  return body
}

/** What sold most between two days, as JSON text. */
export const listPopular = (ctx: FlowCtx, range: PopularRange): Promise<string> =>
  ctx.design.reads.popular(ctx, range)

/** Gets ready what a crowd asks for first, as far as it goes in `msMax`; never an error. */
export async function warmReads(ctx: FlowCtx, msMax: number): Promise<void> {
  const warming = ctx.design.reads.warm?.(ctx).catch((error: unknown) => {
    logError('warm', error)
  })
  if (warming) await Promise.race([warming, Bun.sleep(msMax)])
}
