import { defaultSeedProfile } from '../../server/db/seed.ts'
import { openPartnerArm, type PartnerArm } from '../run/arm.ts'
import type { TestBed } from '../run/test-bed.ts'

/** What partners find at a shop. */
interface PartnerShopOptions {
  partners: number
  /** Free numbers of the one product. */
  numbers: number
  /** Below it the worker makes numbers; 0 = it makes none. */
  lowWater: number
  /** Numbers that the worker makes. */
  madePerSecond: number
  /** Settings of the coupon gateway. */
  gateway: Record<string, string>
}

const spec = { name: 'rush', design: 'after,admission=open' }

let shops = 0

/** Starts a shop with a coupon gateway on a schema of its own; the caller closes it. */
export async function openPartnerShop(
  testBed: TestBed,
  { partners, numbers, lowWater, madePerSecond, gateway }: PartnerShopOptions,
): Promise<PartnerArm> {
  const coupons = { partners, quota: 1_000_000, products: 1, numbers, lowWater }
  const profile = { ...defaultSeedProfile, popularDays: 1, coupons }
  const workerSettings = { STAMPEDE_COUPON_NUMBERS_PER_SECOND: String(madePerSecond) }
  const own = { ...testBed, profile, workerSettings }
  return await openPartnerArm(own, spec, `rush-${++shops}`, gateway)
}
