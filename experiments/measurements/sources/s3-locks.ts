import { audited, type Outcome, type Reproduction, type SourceTestBed } from '../measurement.ts'
import { type StockOption, sellOut } from '../sell-out.ts'
import { type InProcessShop, withShop } from '../shop.ts'
import { type Advance, inTurns, partOf } from '../turns.ts'

/** The source, NestJS and MySQL 8: seconds to the last answer for 1,000 buyers of 1,000 units. */
export const s3Seconds: { [option: string]: number } = {
  'row-lock': 6,
  'redis-lock': 11,
  'pubsub-lock': 7,
}

const milliseconds = Object.fromEntries(
  Object.entries(s3Seconds).map(([lock, seconds]) => [lock, seconds * 1000]),
)

/** 100 buyers: optimistic took two to three times as long; the middle of that. */
const factors = { 'row-lock': 1, optimistic: 2.5 } as const

export const s3Locks: Reproduction = async (testBed, advance) =>
  await withShop(testBed, {}, (shop) => measure(testBed, shop, advance))

async function measure(
  { quick }: SourceTestBed,
  shop: InProcessShop,
  advance: Advance,
): Promise<Outcome> {
  const wrong = new Map<StockOption, string[]>()
  const timeOf = (units: number) => async (lock: StockOption) => {
    const { ms, findings } = await sellOut(shop, lock, units)
    wrong.set(lock, [...(wrong.get(lock) ?? []), ...findings])
    return ms
  }
  const many = Object.keys(s3Seconds) as StockOption[]
  const few = Object.keys(factors) as StockOption[]
  const designsOf = async (
    locks: StockOption[],
    theirs: { [option: string]: number },
    [units, rounds]: [units: number, rounds: number],
    part: Advance,
  ) => {
    const ours = await inTurns(locks, rounds, timeOf(units), part)
    return locks.map((lock) => ({
      name: lock,
      option: `stock=${lock}`,
      theirs: theirs[lock] ?? null,
      ours: ours[lock],
    }))
  }
  const ofMany: [number, number] = quick ? [200, 2] : [1000, 6]
  const ofFew: [number, number] = [100, quick ? 3 : 10]
  return {
    rows: [
      {
        what: '1,000 buyers of 1,000 units: time to the last answer',
        unit: 'ms',
        better: 'lower',
        designs: await designsOf(many, milliseconds, ofMany, partOf(advance, 0, 2)),
        ...(quick ? { note: 'Quick: 200 buyers of 200 units.' } : {}),
      },
      {
        what: '100 buyers of 100 units: time to the last answer',
        unit: 'ms',
        better: 'lower',
        designs: await designsOf(few, factors, ofFew, partOf(advance, 1, 2)),
        note: 'The source has only the factor, two to three: 1 and 2.5 stand for it.',
      },
    ],
    audits: [...wrong].map(([lock, findings]) => audited(`stock=${lock}`, findings)),
    remarks: [],
  }
}
