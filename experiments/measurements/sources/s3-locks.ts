import {
  audited,
  designsOf,
  type Outcome,
  type Reproduction,
  type SourceTestBed,
} from '../measurement.ts'
import { type StockOption, sellOut } from '../sell-out.ts'
import { type InProcessShop, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'

/** The source, NestJS and MySQL 8: seconds to the last answer for 1,000 buyers of 1,000 units. */
export const s3Seconds: { [option: string]: number } = {
  'row-lock': 6,
  'redis-lock': 11,
  'pubsub-lock': 7,
}

/** Has the lock servers started, where the environment does not name other servers alone. */
const design = 'after,stock=redlock'

/** 100 buyers: optimistic took two to three times as long; the middle of that. */
const factors = { 'row-lock': 1, optimistic: 2.5 } as const

export const s3Locks: Reproduction = async (testBed, advance) =>
  await withShop(testBed, { design }, (shop) => measure(testBed, shop, advance))

async function measure(
  { quick }: SourceTestBed,
  shop: InProcessShop,
  advance: Advance,
): Promise<Outcome> {
  const majority = shop.services.lockServers.length > 0 ? ['redlock'] : []
  const soldOut = (locks: string[], units: number, rounds: number, part: number) =>
    inTurns(
      locks as StockOption[],
      rounds,
      (lock) => sellOut(shop, lock, units),
      partOf(advance, part, 2),
    )
  const many = await soldOut(
    [...Object.keys(s3Seconds), 'spin-lock', ...majority],
    quick ? 200 : 1000,
    quick ? 2 : 6,
    0,
  )
  const few = await soldOut(Object.keys(factors), 100, quick ? 3 : 10, 1)
  const wrong = new Map<string, string[]>()
  for (const [lock, sales] of [...Object.entries(many), ...Object.entries(few)]) {
    const findings = sales.flatMap((sale) => sale.findings)
    wrong.set(lock, [...(wrong.get(lock) ?? []), ...findings])
  }
  const theirMs = Object.entries(s3Seconds).map(([lock, seconds]) => [lock, seconds * 1000])
  return {
    rows: [
      {
        what: '1,000 buyers of 1,000 units: time to the last answer',
        unit: 'ms',
        better: 'lower',
        designs: designsOf('stock', many, ({ ms }) => ms, { theirs: Object.fromEntries(theirMs) }),
        ...(quick ? { note: 'Quick: 200 buyers of 200 units.' } : {}),
      },
      {
        what: '100 buyers of 100 units: time to the last answer',
        unit: 'ms',
        better: 'lower',
        designs: designsOf('stock', few, ({ ms }) => ms, { theirs: factors }),
        note: 'The source has only the factor, two to three: 1 and 2.5 stand for it.',
      },
    ],
    audits: [...wrong].map(([lock, findings]) => audited(`stock=${lock}`, findings)),
    remarks: [],
  }
}
