import { sql } from 'drizzle-orm'
import { changed, rowsOf } from '../../../server/db/statements.ts'
import { type BenchShop, openBenchShop } from '../../bench/shop.ts'
import { timeOfRush } from '../../measure/closed-loop.ts'
import { inTurns } from '../../measure/turns.ts'
import type { Audited, ReproduceRig, Reproduction, Row } from '../reproduction.ts'

const optionId = '1'
/** Buyers served at once: the connections of the pool. */
const callers = 16

/** What each lock took there until the last of 1,000 buyers of 1,000 units had an answer. */
const rush = { 'row-lock': 6000, 'redis-lock': 11_000, 'pubsub-lock': 7000 } as const
/** 100 buyers: optimistic took two to three times as long; the middle of that. */
const duel = { 'row-lock': 1, optimistic: 2.5 } as const
type Lock = keyof typeof rush | keyof typeof duel

export const s3Locks: Reproduction = {
  name: 'S3-locks',
  title: 'Locks on one product: pessimistic, optimistic, Redlock, pub/sub',
  told:
    '1,000 buyers of 1,000 units: pessimistic about 6 s until the last answer, Redlock about ' +
    '11 s (retry delay), a Redis pub/sub lock about 7 s; 100 buyers: optimistic with 50 retries ' +
    'took two to three times as long as pessimistic.',
  async reproduce(testBed, advance) {
    const shop = await openBenchShop(testBed, 'locks', { poolConnections: callers })
    try {
      return await measure(testBed, shop, advance)
    } finally {
      await shop.close()
    }
  },
}

async function measure(
  { quick }: ReproduceRig,
  shop: BenchShop,
  advance: (fraction: number) => void,
) {
  const wrong = new Map<Lock, string[]>()
  const sell = async (lock: Lock, units: number) => {
    const { ms, findings } = await sellOut(shop, lock, units)
    wrong.set(lock, [...(wrong.get(lock) ?? []), ...findings])
    return ms
  }
  const [many, few] = [Object.keys(rush), Object.keys(duel)] as [
    (keyof typeof rush)[],
    (keyof typeof duel)[],
  ]
  const rushed = await inTurns(
    many,
    quick ? 2 : 6,
    (lock) => sell(lock, quick ? 200 : 1000),
    (fraction) => advance(fraction * 0.8),
  )
  const duelled = await inTurns(
    few,
    quick ? 3 : 10,
    (lock) => sell(lock, 100),
    (fraction) => advance(0.8 + fraction * 0.2),
  )
  const rows: Row[] = [
    {
      what: '1,000 buyers of 1,000 units: time to the last answer',
      unit: 'ms',
      better: 'lower',
      designs: many.map((lock) => measured(lock, rush[lock], rushed[lock])),
      ...(quick ? { note: 'Quick: 200 buyers of 200 units.' } : {}),
    },
    {
      what: '100 buyers of 100 units: time to the last answer',
      unit: 'ms',
      better: 'lower',
      designs: few.map((lock) => measured(lock, duel[lock], duelled[lock])),
      note: 'The source tells only the factor, two to three: 1 and 2.5 stand for it.',
    },
  ]
  const audits: Audited[] = [...wrong].map(([lock, findings]) => ({
    design: `stock=${lock}`,
    findings,
    isKnownBad: false,
  }))
  return { rows, audits, seen: [] }
}

const measured = (lock: Lock, theirs: number, ours: number[]) => ({
  name: lock,
  option: `stock=${lock}`,
  theirs,
  ours,
})

/** As many buyers as units: each must get one, and none may be left. */
async function sellOut({ services, ctx }: BenchShop, lock: Lock, units: number) {
  const asked = ctx(`after,stock=${lock}`)
  const { connections } = services
  await connections.use((db) =>
    changed(db, sql`update product_options set stock = ${units} where id = ${optionId}`),
  )
  let sold = 0
  const ms = await timeOfRush(units, callers, async () => {
    const line = { optionId, quantity: 1 }
    const isTaken = await connections.transaction((db) => asked.design.stock.take(asked, db, line))
    if (isTaken) sold += 1
  })
  const [row] = await connections.use((db) =>
    rowsOf<{ stock: number }>(db, sql`select stock from product_options where id = ${optionId}`),
  )
  const isRight = sold === units && row?.stock === 0
  return {
    ms,
    findings: isRight ? [] : [`of ${units} units ${sold} were sold and ${row?.stock} are left`],
  }
}
