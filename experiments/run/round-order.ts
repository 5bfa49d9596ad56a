import { shuffle } from 'simple-statistics'
import { journeyRandom, type Random } from '../../loadtests/crowd/random.ts'

/** Stream of the order, apart from those that journeys draw from. */
const orderStream = 9

/**
 * An order of all items for each round. Those that are compared with one base run around it, so
 * that little time lies between the two of a comparison: a machine that is slower for some minutes
 * slows both. Each round is followed by its mirror image: a steady drift favours no item. As long
 * as there are fewer rounds than items around a base, no item comes twice right behind the same
 * other, whose traces it meets.
 * @param seed same seed, same orders
 * @param baseOf what an item is compared with; of a base itself it is not asked
 */
export function roundOrders<Item>(
  items: readonly Item[],
  rounds: number,
  seed: number,
  baseOf = (_: Item): Item | undefined => items[0],
): Item[][] {
  const random = journeyRandom(seed, 0, orderStream)
  const bases = new Set(items.map((item) => baseOf(item) ?? item))
  const groups = [...bases].map((base) => {
    const members = items.filter((item) => !bases.has(item) && baseOf(item) === base)
    return williamsOrders(members, rounds, random).map((order, round) => {
      const middle = order.length / 2
      return order.toSpliced(round % 2 === 0 ? Math.floor(middle) : Math.ceil(middle), 0, base)
    })
  })
  const orders = williamsOrders(groups, rounds, random).map((order, round) =>
    order.flatMap((group) => group[round] ?? []),
  )
  return random() < 0.5 ? orders : orders.map((order) => order.toReversed())
}

/** Rows of a Williams square in a drawn order, each followed by its mirror image. */
function williamsOrders<Item>(items: readonly Item[], rounds: number, random: Random): Item[][] {
  const drawn = shuffle([...items], random)
  const all = Array.from({ length: Math.max(1, items.length) }, (_, row) => row)
  const half = Math.max(1, Math.floor(items.length / 2))
  // The other half of an even square is its mirror image.
  const rest = items.length % 2 === 0 ? [] : all.slice(half)
  const rows = [all.slice(0, half), rest].flatMap((part) => shuffle(part, random))
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
