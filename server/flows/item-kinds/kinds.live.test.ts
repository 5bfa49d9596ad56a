import { expect } from 'bun:test'
import { sql } from 'drizzle-orm'
import { plain } from '../../db/statements.ts'
import type { Design } from '../../designs/design.ts'
import { contract, type Suite } from '../../testing/contract.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { badCard, card, outcomeOf } from '../../testing/shopping.ts'
import { settleStock } from '../../testing/stock-settling.ts'
import { createExpiry } from '../../worker/expiry.ts'
import { addToCart, listCart } from '../carts.ts'
import { readOrder } from '../read-order.ts'
import { piecesPerCustomerMax } from './promotion.ts'

// Of the small profile: 11 one-plus-one, 12 gift (brings 15), 13 reservation and 14 promotion,
// both with a quota of 12.
const world = withWorld('item_kinds')

interface Left {
  /** Stock of options 11 to 15. */
  stock: number[]
  /** Quota taken of options 13 and 14. */
  quota: number[]
  /** Pieces of the promotion by customer, where there are any. */
  claims: Record<string, number>
}

const untouched: Left = { stock: [100, 100, 100, 100, 100], quota: [0, 0], claims: {} }

async function left(design: Design): Promise<Left> {
  const { stock } = world.otherOptions.of(design)
  await settleStock(world.otherOptions)
  const options = await world.query<{ units: number | string; taken: number }>(
    sql`select ${stock.available ?? sql`o.stock`} as units, quota_taken as taken
        from product_options o where o.id between 11 and 15 order by o.id`,
  )
  const claims = await world.query<{ userId: string; quantity: number }>(sql`
    select user_id as userId, quantity from promotion_claims where quantity <> 0`)
  return {
    stock: options.map(({ units }) => Number(units)),
    quota: options.slice(2, 4).map(({ taken }) => taken),
    claims: Object.fromEntries(claims.map(({ userId, quantity }) => [userId, quantity])),
  }
}

/** Findings of the audit, once what is under way is settled. */
async function audit(): Promise<string[]> {
  await settleStock(world.options)
  await settleStock(world.otherOptions)
  return await world.audit()
}

interface Taking {
  /** `quantity x option` */
  items: string[]
  leaves: Left
}

const allKinds: Taking = {
  items: ['2x15', '1x14', '1x1', '2x13', '1x12', '1x11'],
  leaves: { stock: [98, 99, 100, 99, 97], quota: [2, 1], claims: { 1: 1 } },
}

/** What each kind takes. */
const takes: Record<string, Taking> = {
  'one-plus-one': {
    items: ['3x11'],
    leaves: { ...untouched, stock: [94, 100, 100, 100, 100] },
  },
  'a gift': { items: ['3x12'], leaves: { ...untouched, stock: [100, 97, 100, 100, 97] } },
  'a reservation': { items: ['3x13'], leaves: { ...untouched, quota: [3, 0] } },
  'a promotion': {
    items: ['3x14'],
    leaves: { stock: [100, 100, 100, 97, 100], quota: [0, 3], claims: { 1: 3 } },
  },
  'each kind, with a gift bought beside,': allKinds,
}

const taking =
  (kinds: typeof takes): Suite =>
  (check, design) => {
    const ctx = () => world.ctx(design)

    for (const [kind, { items, leaves }] of Object.entries(kinds)) {
      check(`${kind} is taken, and comes back when the customer cancels`, async () => {
        const order = await world.place(design, items)
        expect(await left(design)).toEqual(leaves)
        expect(await readOrder(ctx(), order.id)).toEqual(order)
        expect(await audit()).toEqual([])
        await world.cancel(design, order.id)
        expect(await left(design)).toEqual(untouched)
        expect(await audit()).toEqual([])
      })

      check(`${kind} comes back when the order expires`, async () => {
        await world.place(design, items)
        await world.query(sql`update orders set expires_at = '2001-01-01'`)
        await createExpiry(world.otherOptions, () => design)()
        expect([await world.orderStates(), await left(design)]).toEqual([
          ['cancelled expired'],
          untouched,
        ])
      })

      check(`${kind} comes back when its payment fails or a later item is sold out`, async () => {
        expect(await outcomeOf(world.place(design, items, { payment: badCard }))).toBe(
          'card-declined',
        )
        expect(await left(design)).toEqual(untouched)
        expect(await outcomeOf(world.place(design, [...items, '2x20']))).toBe('sold-out')
        await settleStock(world.options)
        expect(await left(design)).toEqual(untouched)
        expect(await audit()).toEqual([])
      })
    }
  }

const rules: Suite = (check, design) => {
  check('pays for what was wanted only, and sells no gift', async () => {
    const order = await world.place(design, ['2x11', '1x12'], { payment: card })
    expect(order.totalMinor).toBe(2 * 2100 + 2200)
    expect(order.items).toMatchObject([
      { optionId: '11', quantity: 2, unitPriceMinor: 2100, kind: 'one-plus-one', units: 4 },
      { optionId: '12', quantity: 1, unitPriceMinor: 2200, kind: 'gift', units: 1 },
      { optionId: '15', quantity: 1, unitPriceMinor: 0, kind: 'normal', units: 1, giftOf: '12' },
    ])
    const [event] = await world.query<{ payload: string }>(sql`select payload from outbox`)
    expect(plain(event?.payload)).toMatchObject({
      lines: [
        { optionId: '11', quantity: 2 },
        { optionId: '12', quantity: 1 },
      ],
    })
    expect(await audit()).toEqual([])
  })

  check('goes without a gift that is sold out, and says so', async () => {
    await world.setStock('15', 1)
    const { items, id } = await world.place(design, ['2x12', '1x1'])
    expect(items.at(-1)).toMatchObject({ optionId: '15', quantity: 2, units: 0, giftOf: '12' })
    expect((await left(design)).stock[4]).toBe(1)
    await world.cancel(design, id)
    expect((await left(design)).stock).toEqual([100, 100, 100, 100, 1])
    expect(await audit()).toEqual([])
  })

  check('sells no last piece to a buyer and gives it away at once', async () => {
    await world.setStock('15', 1)
    const { items } = await world.place(design, ['1x15', '1x12'])
    expect((await left(design)).stock[4]).toBe(0)
    expect(items.filter(({ units }) => units === 0)).toMatchObject([{ giftOf: '12' }])
    expect(await audit()).toEqual([])
  })

  check('reserves nothing beyond the quota, whatever there is in stock', async () => {
    await world.setStock('13', 0)
    const orders = Array.from({ length: 8 }, (_, index) =>
      outcomeOf(world.place(design, ['3x13'], { userId: String(index + 1) })),
    )
    const outcomes = await Promise.all(orders)
    expect(outcomes.filter((outcome) => outcome === 'sold-out')).toHaveLength(4)
    expect((await left(design)).quota).toEqual([12, 0])
    expect(await audit()).toEqual([])
  })

  check('gives one customer a few pieces of a promotion, however many ask at once', async () => {
    const asked = Array.from({ length: 4 }, () => outcomeOf(world.place(design, ['4x14'])))
    const refused = (await Promise.all(asked)).filter((outcome) => outcome === 'sold-out')
    expect(refused).toHaveLength(2)
    expect((await left(design)).claims).toEqual({ 1: 8 })
    const more = world.place(design, ['3x14'])
    const detail = `Option 14 is for ${piecesPerCustomerMax} pieces a customer`
    await expect(more).rejects.toMatchObject({ code: 'sold-out', detail })
    expect(await outcomeOf(world.place(design, ['5x14'], { userId: '2' }))).toBe('sold-out')
    expect(await left(design)).toMatchObject({ quota: [0, 8], claims: { 1: 8 } })
  })

  check('puts a declined order back into the cart without its gifts', async () => {
    const ctx = world.ctx(design)
    await addToCart(ctx, '1', '12', 2)
    await addToCart(ctx, '1', '11', 1)
    const refused = world.place(design, [], { items: undefined, payment: badCard })
    expect(await outcomeOf(refused)).toBe('card-declined')
    expect(await listCart(ctx, '1')).toMatchObject([
      { optionId: '12', quantity: 2 },
      { optionId: '11', quantity: 1 },
    ])
  })
}

/** Each kind is a line, the gift the fifth one. */
const killing: Suite = (check, design) => {
  const everyKind = ['1x11', '1x12', '1x13', '1x14']
  const isSplit = ['per-item', 'split'].includes(design.options.transaction)
  const reached = ['order.stock.taken 1', ...(isSplit ? ['committed 1'] : [])]

  for (const where of [...reached, 'order.written', 'payment.claimed']) {
    check(`a kill at ${where} leaves nothing taken once recovery has been`, async () => {
      await world.killAt(where, () => world.place(design, everyKind, { payment: card }))
      await world.expireLeases()
      expect(await world.recoverAll()).toBe(0)
      expect(await left(design)).toEqual(untouched)
      expect(await audit()).toEqual([])
    })
  }

  check('a kill while it cancels gives everything back once', async () => {
    const passes = isSplit ? [1, 2, 3, 4, 5] : [1, 5]
    for (const pass of passes) {
      await world.restock()
      const { id } = await world.place(design, everyKind)
      const cancel = () => world.cancel(design, id)
      await world.killAt(`order.stock.returned ${pass}`, cancel)
      await world.expireLeases()
      expect(await world.recoverAll()).toBe(0)
      await cancel()
      expect([await world.orderStates(), await left(design)]).toEqual([
        ['cancelled customer'],
        untouched,
      ])
      expect(await audit()).toEqual([])
    }
  })
}

describeLive('kinds of items', ['TEST_DATABASE_URL'], () => {
  contract('transaction', taking(takes))
  contract('transaction', rules)
  contract('transaction', killing)
})

describeLive('kinds of items by stock', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  contract('stock', taking({ 'each kind': allKinds }))
  contract('stock', rules)
})
