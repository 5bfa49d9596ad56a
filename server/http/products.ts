import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { listPopular, listProducts, readProduct } from '../flows/browse.ts'
import { idSchema } from '../flows/shapes.ts'
import { get, named, ok } from './describe-route.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'
import { dayRange, idParameter, productSchema, wholeNumber } from './schemas.ts'

const products = createRoute({
  ...get('/api/v1/products', 'List products, a page at a time'),
  request: { query: z.object({ page: wholeNumber(1, 10_000, 1), size: wholeNumber(1, 1000, 20) }) },
  responses: ok(
    z.object({ items: z.array(productSchema), page: z.int(), size: z.int(), total: z.int() }),
    'One page',
  ),
})

const product = createRoute({
  ...get('/api/v1/products/{id}', 'Read a product with its options'),
  request: { params: idParameter('id') },
  responses: ok(productSchema, 'The product'),
})

const popularItem = z
  .object({
    productId: idSchema,
    productName: z.string(),
    optionId: idSchema,
    optionName: z.string(),
    totalSold: z.int(),
  })
  .openapi('PopularItem')

const popular = createRoute({
  ...get('/api/v1/products/popular', 'List what sold most between two days, both included'),
  request: { query: dayRange({ limit: wholeNumber(1, 100, 10) }) },
  responses: ok(
    z.object({ from: z.iso.date(), to: z.iso.date(), items: z.array(popularItem) }),
    'Most sold first',
  ),
})

const headers = { 'content-type': 'application/json' }

export function mountProducts(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'products.list', products, async (c, ctx) =>
    c.body(await listProducts(ctx, c.req.valid('query')), 200, headers),
  )
  mountPopular(app, deps)
  mount(app, deps, 'products.read', product, async (c, ctx) =>
    c.body(await readProduct(ctx, c.req.valid('param').id ?? ''), 200, headers),
  )
}

/**
 * Behind the route of one product: beside it, Hono's fast router would give up (it takes no word
 * where a parameter may stand), and every route would be found by the slow one.
 */
function mountPopular(app: OpenAPIHono, deps: RouteDeps): void {
  const beside = new OpenAPIHono()
  mount(beside, deps, 'products.popular', popular, async (c, ctx) =>
    c.body(await listPopular(ctx, c.req.valid('query')), 200, headers),
  )
  app.openAPIRegistry.registerPath(named('products.popular', popular))
  app.get('/api/v1/products/:id', (c, next) =>
    c.req.param('id') === 'popular' ? beside.fetch(c.req.raw) : next(),
  )
}
