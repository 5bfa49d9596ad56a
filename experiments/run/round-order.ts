import { shuffle } from 'simple-statistics'
import { journeyRandom } from '../../loadtests/crowd/random.ts'

/** Stream of the order, apart from those that journeys draw from. */
const orderStream = 9

/**
 * An order of all items for each round: rows of a Williams square in a drawn order, each followed
 * by its mirror image. So a steady drift of the machine favours no item, and as long as there are
 * no more rounds than items none comes twice right behind the same other, whose traces it meets.
 * @param seed same seed, same orders
 */
export function roundOrders<Item>(items: readonly Item[], rounds: number, seed: number): Item[][] {
  const random = journeyRandom(seed, 0, orderStream)
  const drawn = shuffle([...items], random)
  const rows = shuffle(
    Array.from({ length: Math.max(1, Math.floor(items.length / 2)) }, (_, row) => row),
    random,
  )
  return Array.from({ length: rounds }, (_, round) => {
    const row = rows[Math.floor(round / 2) % rows.length] ?? 0
    const order = drawn.map((_, place) => {
      // 0, 1, n−1, 2, n−2 …: every step is of another length.
      const zigzag = place % 2 === 1 ? (place + 1) / 2 : items.length - place / 2
      return drawn[(zigzag + row) % items.length] as Item
    })
    return round % 2 === 0 ? order : order.toReversed()
  })
}
