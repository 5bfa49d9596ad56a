import { expect, test } from 'bun:test'
import { problems } from '../errors.ts'
import { answersOf, statusesOf } from '../route-answers.ts'
import { routeNames } from '../route-names.ts'
import { appForTest, tokenForTest } from '../testing/app-for-test.ts'
import { documentOf, operationsIn } from '../testing/operations.ts'
import { operationIdOf } from './describe-route.ts'

const shop = appForTest({ token: tokenForTest })
const document = await documentOf(shop)
const operations = operationsIn(document)

test('has its version of OpenAPI and its title', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(document.info).toMatchObject({ title: 'Stampede shop', version: '1' })
})

test('every reference resolves', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, reference = '']) => reference,
  )
  expect(references.length).toBeGreaterThan(10)
  for (const reference of references) {
    const [root, ...words] = reference.split('/')
    expect(root).toBe('#')
    const found = words.reduce<unknown>(
      (node, word) => (node as Record<string, unknown> | undefined)?.[word],
      document,
    )
    expect([reference, typeof found]).toEqual([reference, 'object'])
  }
})

/** Pages and what Prometheus reads, which are no API. */
const undocumented = /^\/(metrics|docs(\/.*)?|openapi\.json)$/

/** Routes that another one hands on to. */
const handedOn = ['GET /api/v1/products/popular']

test('has every route of the app, and no other', () => {
  const routed = shop.app.routes
    .filter(({ path }) => !path.includes('*') && !undocumented.test(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  const documented = operations.map(({ label }) => label)
  expect([...new Set([...routed, ...handedOn])].sort()).toEqual(documented.sort())
})

test('has one route for each name in the list of routes', () => {
  const shopRoutes = operations.filter(({ path }) => !path.startsWith('/chaos'))
  expect(shopRoutes).toHaveLength(routeNames.length)
})

test.each(operations)('$label is described whole', ({ path, parameters, described: operation }) => {
  expect(operation.summary).toBeString()
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath)
  for (const one of parameters) expect(one.schema).toBeObject()
  const statuses = Object.keys(operation.responses)
  expect(statuses.some((status) => status.startsWith('2'))).toBe(true)
  for (const [status, response] of Object.entries(operation.responses)) {
    expect(response.description).toBeString()
    if (status >= '4') expect(response.content).toHaveProperty(['application/problem+json'])
  }
  if (operation.requestBody) {
    expect(operation.requestBody.required).toBe(true)
    expect(operation.requestBody.content['application/json']?.schema).toBeObject()
  }
})

test('operation ids are unique, and stay: they name the methods of generated clients', () => {
  const ids = operations.map(({ described }) => described.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual([
    ...['healthz', 'readyz', 'designsRead', 'designsWrite', 'designsHistory', 'designsFlag'],
    ...['designsRollback', 'designsShadow', 'usersRead', 'usersCharge'],
    ...['productsList', 'productsPopular', 'productsRead', 'cartsList', 'cartsAdd', 'cartsRemove'],
    ...['ordersCreate', 'ordersRead', 'ordersCancel', 'intakesRead'],
    ...['paymentsCreate', 'paymentsRead'],
    ...['dispatchesList', 'dispatchesTake', 'dispatchesClaim', 'dispatchesDone'],
    ...['couponsIssue', 'couponsRead'],
    ...['faultsList', 'faultsPut', 'faultsRemove', 'faultsReset'],
    ...['leasesRenew', 'leasesRelease', 'faultsHistory', 'faultsEvents'],
  ])
})

test.each(routeNames)('%s has an answer for each status that it declares', (name) => {
  const found = operations.find(({ described }) => described.operationId === operationIdOf(name))
  const statuses = Object.keys(found?.described.responses ?? {})
  expect(statuses).toEqual(statusesOf(answersOf[name]).map(String))
})

test('a refusal has its codes, an example of each, and the headers of its status', () => {
  const order = operations.find(({ described }) => described.operationId === 'ordersCreate')
  const { 409: conflict, 503: away, 401: unknown } = order?.described.responses ?? {}
  expect(conflict?.description).toContain('`sold-out`: An item is sold out.')
  expect(conflict?.content).toMatchObject({
    'application/problem+json': {
      examples: { 'sold-out': { $ref: '#/components/examples/sold-out' } },
    },
  })
  expect(Object.keys(conflict?.headers ?? {})).toEqual([
    ...['x-design', 'x-pass', 'idempotency-replayed', 'x-client-policy'],
  ])
  expect(away?.headers).toHaveProperty('retry-after')
  expect(unknown?.headers).toHaveProperty('www-authenticate')
  expect(document.components.examples).toMatchObject({
    'sold-out': { value: { status: 409, code: 'sold-out', definite: true } },
  })
})

test('no schema is an extension, which many generators lose', () => {
  expect(JSON.stringify(document)).not.toContain('"allOf"')
})

test('what changes the server’s behaviour asks for the token', () => {
  const guarded = operations.filter(({ isGuarded }) => isGuarded).map((one) => one.label)
  expect(guarded.sort()).toEqual([
    'DELETE /chaos/faults/{name}',
    'DELETE /chaos/leases/{holder}',
    'GET /chaos/events',
    'GET /chaos/faults',
    'GET /chaos/history',
    'GET /designs/history',
    'GET /designs/shadow',
    'POST /chaos/leases/{holder}',
    'POST /chaos/reset',
    'POST /designs/rollback',
    'PUT /chaos/faults/{name}',
    'PUT /designs',
    'PUT /designs/{axis}',
  ])
  expect(document.components.securitySchemes).toEqual({
    bearer: expect.objectContaining({ type: 'http', scheme: 'bearer' }),
  })
})

test('a problem is described with the fields that it has', () => {
  const { properties = {} } = (document.components.schemas?.Problem ?? {}) as {
    properties?: object
  }
  const names = 'code definite detail errors field requestId status title type'
  expect(Object.keys(properties).sort().join(' ')).toBe(names)
  expect(Object.keys(problems).length).toBeGreaterThan(20)
})

test('every route is found by the fast router', () => {
  expect(shop.app.router.name).toBe('SmartRouter + RegExpRouter')
})
