import { defaultSeedProfile } from '../../../server/db/seed.ts'
import { estimate } from '../../judge/inference.ts'
import { percentile } from '../../judge/statistics.ts'
import type { PrivateArm } from '../../run/arm.ts'
import type { TestBed } from '../../run/test-bed.ts'
import { shopOf, withArms } from '../arms.ts'
import { type CheckoutTurn, checkoutTurn } from '../checkout/turn.ts'
import { turnsText } from '../checkout/words.ts'
import type { Benchmark, Figure } from '../measurement.ts'
import { type OldRows, writeOldRows } from '../old-rows.ts'
import { expectSound } from '../order-rush.ts'
import { retentionFigure } from '../retention-pace.ts'
import { type Advance, inTurns, partOf, quotients } from '../turns.ts'

const rateRounds = 6
/** A 99th percentile is the slowest few of a turn, and varies more than a rate. */
const p99Rounds = 40
/** What the shop has at 1 ×; the catalogue and the users are those of the usual seed. */
const ordersAtFirst = 10_000
const factor = 10
const million = 1_000_000
const work = { items: 1, clients: 64 }
const designs = { peak: 'peak', after: 'after,admission=open' } as const
type Design = keyof typeof designs
const designNames = Object.keys(designs) as Design[]

const usual = { ...defaultSeedProfile, popularDays: 30 }
const large = {
  ...usual,
  users: usual.users * factor,
  products: usual.products * factor,
}

/**
 * What an order costs in a shop that has grown: at ten times the users, products and orders, and
 * with a million old orders and a million idempotency keys; and whether retention keeps up.
 */
export const growth: Benchmark = async (experiment, advance) => {
  const testBed = await experiment.testBed()
  return [
    ...(await tenfold(testBed, partOf(advance, 0, 2))),
    ...(await millions(testBed, partOf(advance, 1, 2))),
  ]
}

/** Time of the crowd for a paid order, at 10 × ÷ at 1 ×. */
async function tenfold(testBed: TestBed, advance: Advance): Promise<Figure[]> {
  const [small, big] = [ordersAtFirst, ordersAtFirst * factor]
  return await withGrown(testBed, 'growth-1', usual, { orders: small, keys: small }, (one) =>
    withGrown(testBed, 'growth-10', large, { orders: big, keys: big }, async (ten) => {
      const turns = await inTurnsOf({ one, ten }, testBed.chaosToken, rateRounds, advance)
      return designNames.map((design): Figure => {
        const [at1, at10] = [turns[`${design} one`], turns[`${design} ten`]]
        return {
          ...{ name: `growth-${design}`, ...estimate(quotients(rates(at1), rates(at10))) },
          ...{ floor: 1.3, better: 'lower', unit: `time a paid order, 10 × ÷ 1 ×, ${design}` },
          ...(design === 'peak' ? { aim: 1.1 } : {}),
          note: `1 ×: ${turnsText(at1)}; 10 ×: ${turnsText(at10)}; audit green`,
        }
      })
    }),
  )
}

/** Checkout p99 with a million old orders and keys ÷ with none, then the pace of retention. */
async function millions(testBed: TestBed, advance: Advance): Promise<Figure[]> {
  const none = { orders: 0, keys: 0 }
  return await withGrown(testBed, 'growth-none', usual, none, (one) =>
    withGrown(testBed, 'growth-million', usual, { orders: million, keys: million }, async (ten) => {
      const turns = await inTurnsOf({ one, ten }, testBed.chaosToken, p99Rounds, advance)
      const figures = designNames.map((design): Figure => {
        const [empty, full] = [turns[`${design} one`], turns[`${design} ten`]]
        const p99 = (of: CheckoutTurn[]) => of.map(({ p99Ms }) => p99Ms)
        const middle = (of: CheckoutTurn[]) => `${percentile(p99(of), 0.5).toFixed(0)} ms`
        return {
          ...{ name: `growth-p99-${design}`, ...estimate(quotients(p99(full), p99(empty))) },
          ...{ floor: 1.2, better: 'lower', unit: `checkout p99, a million ÷ none, ${design}` },
          note: `p99 ${middle(full)} ÷ ${middle(empty)}, a million orders and as many keys`,
        }
      })
      return [...figures, await retentionFigure(ten, testBed.chaosToken)]
    }),
  )
}

/** An arm with rows of earlier sales, which is audited in the end. */
async function withGrown<Result>(
  testBed: TestBed,
  name: string,
  profile: typeof usual,
  old: OldRows,
  measure: (arm: PrivateArm) => Promise<Result>,
): Promise<Result> {
  return await withArms(
    { ...testBed, profile },
    { [name]: designs.peak },
    'bench',
    async (arms) => {
      const arm = arms[name] as PrivateArm
      const [each = 0] = profile.optionsPerProduct
      await writeOldRows(arm.databaseUrl, old, {
        users: profile.users,
        options: profile.products * each,
      })
      const result = await measure(arm)
      await expectSound(arm)
      return result
    },
  )
}

/** Every design at both sizes: the same server has both designs, so only its data differ. */
async function inTurnsOf(
  arms: { one: PrivateArm; ten: PrivateArm },
  token: string,
  rounds: number,
  advance: Advance,
) {
  const names = designNames.flatMap((design) => [`${design} one`, `${design} ten`] as const)
  return await inTurns(
    names,
    rounds,
    (name) => {
      const [design, size] = name.split(' ') as [Design, keyof typeof arms]
      return checkoutTurn({ ...shopOf(arms[size], token), design: designs[design] }, work)
    },
    advance,
  )
}

const rates = (turns: readonly CheckoutTurn[]) => turns.map(({ paidPerSecond }) => paidPerSecond)
