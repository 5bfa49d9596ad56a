import { askedJourneys } from '../asked-journeys.ts'
import { journeyOfKey } from '../attempted.ts'
import type { Checker, Evidence } from '../checker.ts'
import { listed } from '../exercise.ts'
import { judged } from '../findings.ts'
import { itemsIn, ordersIn } from '../rows.ts'
import { select } from '../select.ts'

/**
 * A request for a cart has no key, so one without an answer may have been done: what a customer
 * put in has a lower and an upper bound. The carts of a warm-up are emptied before the crowd.
 */
export const carts: Checker = {
  name: 'carts',
  promise:
    'What customers put into carts is in the cart or in what they ordered from it, and not in ' +
    'both: no piece is lost, none is there twice, and none that they did not put in.',
  needs: ['history'],
  exercise: listed('lines that customers put into their carts', ({ history }) =>
    history.flatMap(({ cart = [] }) => cart.filter(({ outcome }) => outcome === 'ok')),
  ),
  async check(evidence) {
    const lines = putInto(evidence)
    const inCarts = await select(
      evidence.db,
      `select cast(user_id as char) as userId, cast(option_id as char) as optionId, quantity
       from cart_items order by id`,
    )
    for (const { userId, optionId, quantity } of inCarts) {
      lineOf(lines, String(userId), String(optionId)).inCart += Number(quantity)
    }
    await addOrdered(evidence, lines)
    return judged([...lines.values()].flatMap(difference))
  },
}

/** Pieces of one option, of one customer. */
interface Line {
  name: string
  /** Surely put in, and what may have been. */
  least: number
  most: number
  inCart: number
  ordered: number
}

type Lines = Map<string, Line>

function lineOf(lines: Lines, userId: string, optionId: string): Line {
  const key = `${userId} ${optionId}`
  const name = `option ${optionId} of user ${userId}`
  const line = lines.get(key) ?? { name, least: 0, most: 0, inCart: 0, ordered: 0 }
  lines.set(key, line)
  return line
}

function putInto(evidence: Evidence): Lines {
  const lines: Lines = new Map()
  for (const { asked, record, isAlone } of askedJourneys(evidence)) {
    if (!asked.fromCart) continue
    for (const { optionId, quantity, outcome, attempts, pieces = 0 } of record?.cart ?? []) {
      const line = lineOf(lines, asked.userId, optionId)
      if (outcome === 'ok') line.least += quantity
      // What the answer reported is there, where no other journey orders from this cart.
      if (isAlone) line.least = Math.max(line.least, pieces)
      line.most += quantity * attempts
    }
    // Without a report anything may have been sent.
    if (record) continue
    for (const { optionId } of asked.items) lineOf(lines, asked.userId, optionId).most = Infinity
  }
  return lines
}

/** An order that was undone has no key, and its lines are in the cart again. */
async function addOrdered(evidence: Evidence, lines: Lines): Promise<void> {
  const customers = new Map<string, string>()
  for (const { id, key } of await ordersIn(evidence)) {
    const found = journeyOfKey(evidence.keyPrefix, key)
    if (found?.kind !== 'o' || found.index >= evidence.started) continue
    const { fromCart, userId } = evidence.asked(found.index)
    if (fromCart) customers.set(id, userId)
  }
  for (const { orderId, optionId, quantity, unitPriceMinor } of await itemsIn(evidence)) {
    const userId = customers.get(orderId)
    // A gift was in no cart.
    if (userId === undefined || unitPriceMinor === 0) continue
    lineOf(lines, userId, optionId).ordered += quantity
  }
}

function difference({ name, least, most, inCart, ordered }: Line): string[] {
  const held = inCart + ordered
  const where = `${name}: ${inCart} in the cart, ${ordered} ordered from it`
  if (held < least) return [`${where}, yet ${least} were put in`]
  return held > most ? [`${where}, yet at most ${most} were put in`] : []
}
