import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { addToCart } from '../../flows/carts.ts'
import { describeLive, withWorld } from '../../testing/fixtures.ts'
import { newKey } from '../../testing/shopping.ts'
import { ticketRange } from '../../tickets/ranges.ts'
import { recoverSagas } from '../transaction/split/recovery.ts'
import { sequenceNames } from './ids.ts'

describeLive('a source of ids for one sequence', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('ids_per_sequence', { isAudited: true })

  const rowsMoved = async () => {
    const rows = await world.query<{ name: string }>(
      sql`select name from sequences where value > 0 order by name`,
    )
    return rows.map(({ name }) => name)
  }
  const idsIn = async (table: string) => {
    const rows = await world.query<{ id: string }>(sql`select id from ${sql.identifier(table)}`)
    return rows.map(({ id }) => Number(id))
  }

  test.each(sequenceNames)('%s: its row stands still, the others move on', async (sequence) => {
    const design = `before,ids.${sequence}=ticket-server`
    const ctx = world.ctx(design)
    await addToCart(ctx, '1', '1', 1)
    const order = await world.place(design, ['1x2'])
    await world.pay(design, order.id, { method: 'balance' })
    const others = sequenceNames.filter((name) => name !== sequence)
    expect(await rowsMoved()).toEqual(others.toSorted())
    const isTicket = (id: number) => id >= ticketRange.first
    expect((await idsIn(sequence)).every(isTicket)).toBe(true)
    for (const name of others) expect((await idsIn(name)).some(isTicket)).toBe(false)
  })

  test('every flow and its recovery have it: the saga’s row has the whole design', async () => {
    const parts = sequenceNames.map((name) => `ids.${name}=ticket-server-strict`)
    const design = ['after', ...parts, 'transaction=per-item'].join(',')
    const order = await world.place(design, ['1x1'], { idempotencyKey: newKey() })
    const [saga] = await world.query<{ design: string }>(sql`select design from sagas`)
    expect(saga?.design).toBe(world.ctx(design).design.label)
    expect(order.status).toBe('pending')
    expect((await recoverSagas(world.otherOptions, () => never())).left).toBe(0)
  })
})

function never(): never {
  throw new Error('nothing was left to recover')
}
