import { sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import { Problem } from '../../errors.ts'
import type { StockOption } from './stock.ts'

/** As many as source S3 allows. */
const triesMax = 50

interface Seen {
  stock: number
  version: number
}

export const optimistic: StockOption = {
  summary: 'look, then update if the version is the same, at most 50 times',
  out: 'false = sold out; Problem `lock-contention` after 50 lost tries',
  closes:
    'the gap between look and take: the write asks for the version that was looked at, and for ' +
    'the stock, since other options that change the row count no version',
  notes: [
    'The first look commits by itself: a snapshot would show the same version for ever. A write ' +
      'that came too late leaves the row locked under REPEATABLE READ, so that the next look is ' +
      'the transaction’s own, and the second try wins; READ COMMITTED would need more of them.',
  ],
  contention: ['version-lost'],
  open: (_services, { name }) => ({
    async take(ctx, db, { optionId, quantity }) {
      let seen = await ctx.side.use((side) => look(side, optionId))
      for (let tries = 0; tries < triesMax; tries += 1) {
        if (!seen || seen.stock < quantity) return false
        const written = await db.change(sql`
          update product_options set stock = stock - ${quantity}, version = version + 1
          where id = ${optionId} and version = ${seen.version} and stock = ${seen.stock}`)
        if (written === 1) return true
        seen = await lookAgain(ctx, db, optionId, name)
      }
      throw new Problem('lock-contention')
    },

    async giveBack(_ctx, db, { optionId, quantity }) {
      await db.change(sql`
        update product_options set stock = stock + ${quantity}, version = version + 1
        where id = ${optionId}`)
    },
  }),
}

async function look(db: Database, optionId: string): Promise<Seen | undefined> {
  const [seen] = await db.rows<Seen>(sql`
    select stock, version from product_options where id = ${optionId}`)
  return seen
}

async function lookAgain(
  ctx: Ctx,
  db: Database,
  optionId: string,
  name: string,
): Promise<Seen | undefined> {
  ctx.observer.contended(name, 'version-lost', 0)
  const [seen] = await db.rows<Seen>(sql`
    select stock, version from product_options where id = ${optionId} lock in share mode`)
  return seen
}
