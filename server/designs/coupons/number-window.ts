import { sql } from 'drizzle-orm'
import type { Connections } from '../../db/connections.ts'
import { type FreeNumber, freeNumbers } from './coupons.ts'

/** Numbers that a process reads ahead of one product. */
const readAhead = 1000

/**
 * Free numbers of one product that a process has read and not used yet. They are no reservation: a
 * number is taken by the statement that claims it, and what a process forgets stays free.
 * in: the pool · out: numbers, none of them twice while it is held · closes: a read for each
 * request · leaves open: two processes that read the same range, which begin at random places
 */
export class NumberWindow {
  readonly #connections: Connections
  readonly #productId: string
  readonly #held = new Set<string>()
  #numbers: FreeNumber[] = []
  /** Numbers up to it have been read; undefined = to begin at a random place. */
  #readUpTo: string | undefined
  #reading: Promise<number> | undefined

  constructor(connections: Connections, productId: string) {
    this.#connections = connections
    this.#productId = productId
  }

  /** So many free numbers, held until they are let go; undefined where the pool has too few. */
  async take(count: number): Promise<FreeNumber[] | undefined> {
    while (this.#numbers.length < count) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined
      })
      if ((await this.#reading) === 0 && this.#numbers.length < count) return undefined
    }
    const taken = this.#numbers.splice(0, count)
    for (const { id } of taken) this.#held.add(id)
    return taken
  }

  letGo(numbers: readonly FreeNumber[]): void {
    for (const { id } of numbers) this.#held.delete(id)
  }

  /** Another process uses the same range: goes elsewhere. */
  leave(): void {
    this.#numbers = []
    this.#readUpTo = undefined
  }

  /** @returns how many numbers it has added */
  async #read(): Promise<number> {
    this.#readUpTo ??= await this.#randomPlace()
    const added = await this.#readAbove(this.#readUpTo)
    // At the end of the pool it begins again: numbers were made, or given back, or passed over.
    return added > 0 ? added : await this.#readAbove('0')
  }

  async #readAbove(aboveId: string): Promise<number> {
    // Enough that something is left where all that is held is read again.
    const limit = readAhead + this.#held.size + this.#numbers.length
    const found = await freeNumbers(this.#connections, this.#productId, aboveId, limit)
    const known = new Set(this.#numbers.map(({ id }) => id))
    const added = found.filter(({ id }) => !this.#held.has(id) && !known.has(id))
    this.#numbers.push(...added)
    this.#readUpTo = found.at(-1)?.id ?? aboveId
    return added.length
  }

  async #randomPlace(): Promise<string> {
    const [row] = await this.#connections.rows<{ place: string | null }>(sql`
      select floor(min(id) + rand() * (max(id) - min(id))) as place from coupon_numbers
      where product_id = ${this.#productId} and status = 'free'`)
    return String(row?.place ?? '0')
  }
}
