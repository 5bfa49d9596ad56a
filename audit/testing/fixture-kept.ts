import type { KeptAnswer, KeptKind } from '../../loadtests/crowd/history.ts'

const prices = { 11: 1_000, 12: 2_500, 13: 9_000, 14: 1_000, 15: 500, 16: 2_000, 17: 500, 18: 500 }

/** The products of fixture-rows.ts, as pages show them. @param left stock by option */
const product = (id: number, left: Record<number, number>) => ({
  id: String(id),
  name: `product ${id}`,
  options: Object.entries(left).map(([option, stock]) => ({
    id: option,
    name: `option ${option}`,
    priceMinor: prices[Number(option) as keyof typeof prices],
    stock,
  })),
})

const popular = (totals: Record<number, number>) =>
  Object.entries(totals)
    .map(([option, totalSold]) => ({
      productId: Number(option) < 17 ? '1' : '2',
      productName: Number(option) < 17 ? 'product 1' : 'product 2',
      optionId: option,
      optionName: `option ${option}`,
      totalSold,
    }))
    .toSorted((a, b) => b.totalSold - a.totalSold)

const order = (id: string, userId: string, totalMinor: number, items: object[]) => ({
  ...{ id, userId, status: 'paid', totalMinor, expiresAt: '2099-01-01T00:00:00.000Z', items },
  payment: { id: '500', orderId: id, method: 'card', status: 'captured', amountMinor: totalMinor },
})

const item = (optionId: string, quantity: number, unitPriceMinor: number) => ({
  ...{ id: '200', optionId, quantity, unitPriceMinor, kind: 'normal', units: quantity },
})

const range = { from: '2025-12-30', to: '2026-01-05' }

interface Seen {
  /** When it was asked for, from the start of the journey. */
  atMs: number
  kind: KeptKind
  path: string
  body: object
}

/** By journey of fixture-history.ts. */
const seen: Record<number, Seen[]> = {
  0: [
    {
      ...{ atMs: 110, kind: 'order-read', path: '/api/v1/orders/101' },
      body: order('101', '1', 4_500, [item('11', 2, 1_000), item('12', 1, 2_500)]),
    },
    { atMs: 120, kind: 'cart-read', path: '/api/v1/carts/1', body: { items: [] } },
    {
      ...{ atMs: 130, kind: 'user-read', path: '/api/v1/users/1' },
      body: { id: '1', name: 'user 1', balanceMinor: 95_500 },
    },
  ],
  2: [
    {
      ...{ atMs: 2, kind: 'product', path: '/api/v1/products/1' },
      body: product(1, { 11: 97, 12: 49, 13: 2, 14: 10, 15: 10, 16: 10 }),
    },
  ],
  5: [
    {
      ...{ atMs: 110, kind: 'order-read', path: '/api/v1/orders/107' },
      body: order('107', '6', 9_000, [item('13', 1, 9_000)]),
    },
  ],
  8: [
    {
      ...{ atMs: 10, kind: 'products', path: '/api/v1/products?page=1&size=20' },
      body: {
        items: [
          product(1, { 11: 96, 12: 48, 13: 1, 14: 8, 15: 9, 16: 9 }),
          product(2, { 17: 0, 18: 9 }),
        ],
        ...{ page: 1, size: 20, total: 2 },
      },
    },
    {
      ...{ atMs: 20, kind: 'popular' },
      path: `/api/v1/products/popular?from=${range.from}&to=${range.to}&limit=3`,
      body: { ...range, items: popular({ 12: 10, 18: 5, 11: 2 }) },
    },
  ],
}

/** What a journey of the fixture has kept, all in order. */
export const keptBy = (index: number, startedMs: number): KeptAnswer[] =>
  (seen[index] ?? []).map(({ atMs, body, ...asked }) => ({
    ...asked,
    ...{ status: 200, body: structuredClone(body) },
    askedMs: startedMs + atMs,
    answeredMs: startedMs + atMs + 8,
  }))
