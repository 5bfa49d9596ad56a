import { createConnection } from 'mysql2/promise'
import { sequenceNames } from '../designs/ids/ids.ts'

/** The shop before the sale: everything a crowd may touch, the same for every arm. */
export interface Stockroom {
  users: number
  balanceMinor: number
  products: number
  /** Options 1 to hotOptions are what everybody came for. */
  hotOptions: number
  /** Units of each option at the start; the limited edition has its own. */
  stock: number
  limitedOptionId: number
  limitedStock: number
}

export const defaultStockroom: Stockroom = {
  users: 5000,
  balanceMinor: 100_000_000,
  products: 200,
  hotOptions: 20,
  stock: 100_000,
  limitedOptionId: 21,
  limitedStock: 40,
}

/**
 * How much there is to sell. Scarce: 60 units of each option, so that of the usual flash sale (421
 * journeys, 50 of warm-up before them) more than half find something of their cart sold out.
 */
export const stockrooms = {
  plenty: defaultStockroom,
  scarce: { ...defaultStockroom, stock: 60 },
} satisfies Record<string, Stockroom>

const rowsPerInsert = 1000

/**
 * Fills an empty schema: users 1…n, products with two options each (option 2p−1 and 2p belong to
 * product p), and a row for every sequence. The same stockroom gives the same rows.
 */
export async function seed(url: string, stockroom: Stockroom = defaultStockroom): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 })
  const insert = async (into: string, rows: unknown[][]) => {
    for (let from = 0; from < rows.length; from += rowsPerInsert) {
      await connection.query(`insert into ${into} values ?`, [
        rows.slice(from, from + rowsPerInsert),
      ])
    }
  }
  const { users, balanceMinor, products, stock, limitedOptionId, limitedStock } = stockroom
  const optionIds = numbers(products * 2)
  try {
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
      'product_options (id, product_id, name, price_minor, stock, initial_stock)',
      optionIds.map((id) => {
        const units = id === limitedOptionId ? limitedStock : stock
        return [id, Math.ceil(id / 2), `Option ${id}`, 1000 + (id % 50) * 100, units, units]
      }),
    )
    await insert(
      'sequences (name, value)',
      sequenceNames.map((name) => [name, 0]),
    )
    await connection.query('commit')
  } finally {
    await connection.end()
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
