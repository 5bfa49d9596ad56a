import { byId } from '../../transaction/expand.ts'
import type { OptionTotal } from '../popular.ts'

/** Totals of one day as numbers: which option, by its index, and how many units. */
export interface DayTotals {
  text: string
  indexes: Uint32Array
  sold: Float64Array
}

/** More than the days that are kept one by one. */
const daysMax = 128

/**
 * The days of one process, each parsed once, however many ranges it is in: to parse three months
 * again for each range took the process many times as long as to add them up.
 */
export class DaysAsNumbers {
  /** How many texts were parsed. */
  parsed = 0
  readonly #ids: string[] = []
  readonly #indexOf = new Map<string, number>()
  readonly #days = new Map<string, DayTotals>()

  /** @returns undefined where the text is not what a day's answer is */
  totalsOf(day: string, text: string): DayTotals | undefined {
    const kept = this.#days.get(day)
    const totals = kept?.text === text ? kept : this.#parse(text)
    this.#days.delete(day)
    if (!totals) return undefined
    // The least recently used is the first.
    this.#days.set(day, totals)
    const [first] = this.#days.keys()
    if (first !== undefined && this.#days.size > daysMax) this.#days.delete(first)
    return totals
  }

  #parse(text: string): DayTotals | undefined {
    this.parsed += 1
    const rows: unknown = JSON.parse(text)
    if (!isDayText(rows)) return undefined
    return {
      text,
      indexes: Uint32Array.from(rows, ([id]) => this.#index(id)),
      sold: Float64Array.from(rows, ([, sold]) => sold),
    }
  }

  #index(id: string): number {
    const known = this.#indexOf.get(id)
    if (known !== undefined) return known
    this.#indexOf.set(id, this.#ids.length)
    return this.#ids.push(id) - 1
  }

  /** The most sold of all these days, as the database would order them. */
  mostSold(days: readonly DayTotals[], limit: number): OptionTotal[] {
    const ids = this.#ids
    const sums = new Float64Array(ids.length)
    const isThere = new Uint8Array(ids.length)
    for (const { indexes, sold } of days) {
      for (let row = 0; row < indexes.length; row += 1) {
        const index = indexes[row] as number
        sums[index] = (sums[index] as number) + (sold[row] as number)
        isThere[index] = 1
      }
    }
    const rank = (one: number, other: number) =>
      (sums[other] as number) - (sums[one] as number) || byId(ids[one], ids[other])
    const found = ids.keys().filter((index) => isThere[index] === 1)
    return firstOf(found, limit, rank).map((index) => ({
      optionId: ids[index] as string,
      totalSold: sums[index] as number,
    }))
  }
}

type DayText = [optionId: string, totalSold: number][]

const isDayText = (value: unknown): value is DayText =>
  Array.isArray(value) &&
  value.every(
    (row) => Array.isArray(row) && typeof row[0] === 'string' && typeof row[1] === 'number',
  )

/** The first few in an order, without putting the rest in order. */
function firstOf(
  items: Iterable<number>,
  limit: number,
  rank: (one: number, other: number) => number,
): number[] {
  const first: number[] = []
  for (const item of items) {
    if (first.length === limit && rank(item, first.at(-1) as number) > 0) continue
    const place = first.findIndex((other) => rank(item, other) < 0)
    first.splice(place === -1 ? first.length : place, 0, item)
    if (first.length > limit) first.pop()
  }
  return first
}
