import { type Connection, createConnection } from 'mysql2/promise'
import { sequenceNames } from '../designs/ids/ids.ts'

/** The shop before the sale: everything a crowd may touch, the same for every arm. */
export interface SeedProfile {
  users: number
  balanceMinor: number
  products: number
  /** Options 1 to hotOptions are what everybody came for. */
  hotOptions: number
  /** Units of each option at the start; the limited edition has its own. */
  stock: number
  limitedOptionId: number
  limitedStock: number
  /** Options of each product, in a cycle: [2] = every product has two. */
  optionsPerProduct: readonly number[]
  /** Days of best-seller counts before today, at most one for each user; today has none. */
  popularDays: number
  /** Options that are not plain ones. */
  kinds: readonly SeededKind[]
  coupons: SeededCoupons
}

/** Partners `partner-1` …, each with the key `key-of-partner-1` …, and products 1 … of coupons. */
export interface SeededCoupons {
  partners: number
  /** Of each partner. */
  quota: number
  products: number
  /** Free numbers of each product. */
  numbers: number
  /** Free numbers of a product below which the worker makes more; 0 = it makes none. */
  lowWater: number
}

interface SeededKind {
  optionId: number
  kind: 'one-plus-one' | 'gift' | 'reservation' | 'promotion'
  /** What comes along with a `gift`. */
  giftOptionId?: number
  /** Of a `reservation` or a `promotion`. */
  quota?: number
}

/** More than any crowd reserves. */
const plenty = 1_000_000

export const defaultSeedProfile: SeedProfile = {
  users: 5000,
  balanceMinor: 100_000_000,
  products: 200,
  hotOptions: 20,
  stock: 100_000,
  limitedOptionId: 21,
  limitedStock: 40,
  optionsPerProduct: [2],
  popularDays: 550,
  kinds: [
    { optionId: 4, kind: 'one-plus-one' },
    { optionId: 6, kind: 'gift', giftOptionId: 31 },
    { optionId: 8, kind: 'reservation', quota: plenty },
    { optionId: 10, kind: 'promotion', quota: plenty },
    { optionId: 13, kind: 'one-plus-one' },
    { optionId: 15, kind: 'gift', giftOptionId: 32 },
    { optionId: 17, kind: 'reservation', quota: plenty },
    { optionId: 19, kind: 'promotion', quota: plenty },
  ],
  coupons: { partners: 200, quota: plenty, products: 2, numbers: 1000, lowWater: 500 },
}

/** As large as source S3 measured on: 1,000 products, 3,800 options, 220,000 best-seller counts. */
export const s3SeedProfile: SeedProfile = {
  ...defaultSeedProfile,
  products: 1000,
  optionsPerProduct: [3, 4, 4, 4, 4],
  popularDays: 220,
}

/** Fewer than want it in the smallest rehearsal, one of which the warm-up has. */
const limitedStock = 4

/**
 * How much there is to sell. Scarce: 60 units of each option, so that of the usual flash sale, 421
 * journeys, more than half find something of their cart sold out.
 */
export const seedProfiles = {
  plenty: { ...defaultSeedProfile, limitedStock },
  scarce: { ...defaultSeedProfile, stock: 60, limitedStock },
} satisfies Record<string, SeedProfile>

const rowsPerInsert = 1000
/** Best-seller counts of a day: options beyond sold nothing on it. */
const soldPerDayMax = 1000

/**
 * Fills an empty schema: users 1…n, products with their options (numbered through; with two each,
 * 2p−1 and 2p belong to product p), best-seller counts of the days before today, and a row for
 * every sequence. The same profile gives the same rows.
 */
export async function seed(url: string, profile: SeedProfile = defaultSeedProfile): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 })
  const insert: Insert = async (into, rows) => {
    for (let from = 0; from < rows.length; from += rowsPerInsert) {
      await connection.query(`insert into ${into} values ?`, [
        rows.slice(from, from + rowsPerInsert),
      ])
    }
  }
  const { users, balanceMinor, products, stock, limitedOptionId, limitedStock } = profile
  const kinds = new Map(profile.kinds.map((special) => [special.optionId, special]))
  try {
    // MariaDB then builds an empty table's indexes in bulk: a third of the time.
    await connection.query('set unique_checks = 0')
    await connection.query('set foreign_key_checks = 0')
    await connection.query('start transaction')
    await insert(
      'users (id, name, balance_minor, initial_balance_minor)',
      numbers(users).map((id) => [id, `Buyer ${id}`, balanceMinor, balanceMinor]),
    )
    await insert(
      'products (id, name)',
      numbers(products).map((id) => [id, `Product ${id}`]),
    )
    await insert(
      `product_options (id, product_id, name, price_minor, stock, initial_stock, kind,
                        gift_option_id, quota)`,
      productOfOption(profile).map((product, index) => {
        const id = index + 1
        const units = id === limitedOptionId ? limitedStock : stock
        const { kind = 'normal', giftOptionId = null, quota = null } = kinds.get(id) ?? {}
        const own = [id, product, `Option ${id}`, 1000 + (id % 50) * 100, units, units]
        return [...own, kind, giftOptionId, quota]
      }),
    )
    await seedPopular(connection, profile)
    await seedCoupons(insert, profile.coupons)
    await insert(
      'sequences (name, value)',
      sequenceNames.map((name) => [name, 0]),
    )
    await connection.query('commit')
  } finally {
    await connection.end()
  }
}

/** The product of option 1, 2, … */
function productOfOption({ products, optionsPerProduct }: SeedProfile): number[] {
  return numbers(products).flatMap((product) => {
    const options = optionsPerProduct[(product - 1) % optionsPerProduct.length] ?? 0
    return Array.from({ length: options }, () => product)
  })
}

/** Primes: each day is another permutation of the options, and counts tie now and then. */
const [optionStep, dayStep, soldMax] = [7919, 104_729, 997]

/** A day for each of the first users: the table has the row numbers that one statement needs. */
async function seedPopular(connection: Connection, profile: SeedProfile): Promise<void> {
  const options = productOfOption(profile).length
  const mixed = `(o.id * ${optionStep} + d.id * ${dayStep})`
  await connection.query(
    `insert into daily_popular_products (sold_date, option_id, total_sold)
     select date_sub(?, interval d.id day), o.id, 1 + ${mixed} % ${soldMax}
     from users d cross join product_options o
     where d.id <= ? and ${mixed} % ? < ?`,
    [today(), profile.popularDays, options, soldPerDayMax],
  )
}

type Insert = (into: string, rows: unknown[][]) => Promise<void>

async function seedCoupons(insert: Insert, profile: SeededCoupons): Promise<void> {
  const { partners, quota, products, numbers: count, lowWater } = profile
  await insert(
    'coupon_partners (id, key_hash, quota)',
    numbers(partners).map((id) => [`partner-${id}`, sha256(partnerKey(`partner-${id}`)), quota]),
  )
  await insert(
    'coupon_products (id, name, low_water)',
    numbers(products).map((id) => [id, `Coupon ${id}`, lowWater]),
  )
  await insert(
    'coupon_numbers (product_id, number, status)',
    numbers(products).flatMap((product) =>
      numbers(count).map((one) => [
        product,
        sha256(`coupon ${product} ${one}`).slice(0, 16).toUpperCase(),
        'free',
      ]),
    ),
  )
}

/** Of a seeded partner. */
export const partnerKey = (partner: string) => `key-of-${partner}`

const sha256 = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')

/** The day that the effects count by now: UTC, YYYY-MM-DD. */
export const today = () => new Date().toISOString().slice(0, 10)

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
