import { type AskedJourney, cartTries } from './asked-journeys.ts'
import type { OptionRow } from './rows.ts'

/** Requests of a client that was cut off, where no other one was more patient: its usual policy. */
const usualTries = 2
/**
 * Takes of one request, at most: its transaction is tried thrice, in a batch and then alone. Units
 * that were granted to a try that is over may come back later than the next one takes its own.
 */
const takesMax = 6
/** Times of two drivers may differ by so much. */
export const clockSlackMs = 100

/** Requests for an order, with all that they may have asked for. */
export interface OrderRequests {
  journey: AskedJourney
  /** Pieces by option, at most. */
  pieces: ReadonlyMap<string, number>
  /** How often it was asked, at most. */
  tries: number
  /** -Infinity where it is not known. */
  invokedMs: number
}

/** What was asked of the shop by all who came to order something. */
export function orderRequests(journeys: readonly AskedJourney[]): OrderRequests[] {
  const seen = journeys.flatMap(({ record }) => record?.order?.attempts ?? [])
  const patience = seen.reduce((most, tries) => Math.max(most, tries), usualTries)
  const carts = cartsOf(journeys, patience)
  return journeys.flatMap((journey): OrderRequests[] => {
    const { asked, record } = journey
    if (record && !record.order) return []
    const cart = asked.fromCart ? carts.get(asked.userId) : undefined
    const pieces = cart ?? new Map(asked.items.map((item) => [item.optionId, item.quantity]))
    const { attempts: tries = patience, invokedMs = -Infinity } = record?.order ?? {}
    return [{ journey, pieces, tries, invokedMs }]
  })
}

/** With a piece of another option for each one of a gift. */
export function withGifts(
  request: OrderRequests,
  options: ReadonlyMap<string, OptionRow>,
): OrderRequests {
  const pieces = new Map(request.pieces)
  for (const [id, quantity] of request.pieces) {
    const giftId = options.get(id)?.giftId
    if (giftId) pieces.set(giftId, (pieces.get(giftId) ?? 0) + quantity)
  }
  return { ...request, pieces }
}

/** Units that a piece takes from stock, of kinds where it is not one. */
const unitsOfPiece: Record<string, number> = { 'one-plus-one': 2, reservation: 0 }

/** Units of an option that may have been held at some time, at most. */
export const unitsHeldMax = ({ kind }: OptionRow, { granted }: Demand): number =>
  granted * (unitsOfPiece[kind] ?? 1)

/** All that the journeys of a user may ever have put into their cart. */
function cartsOf(journeys: readonly AskedJourney[], patience: number) {
  const carts = new Map<string, Map<string, number>>()
  for (const { asked, record } of journeys) {
    if (!asked.fromCart) continue
    const cart = carts.get(asked.userId) ?? new Map<string, number>()
    carts.set(asked.userId, cart)
    const tries = record ? cartTries(record) : patience
    for (const { optionId, quantity } of asked.items) {
      cart.set(optionId, (cart.get(optionId) ?? 0) + quantity * tries)
    }
  }
  return carts
}

/** Upper bounds of what may have been held of an option at some time. */
export interface Demand {
  pieces: number
  /** Counted in pieces too, but with those that were granted in vain. */
  granted: number
}

/** Walks over time: what was asked for until an answer was given is all that it can rest on. */
export class DemandOverTime {
  readonly #requests: OrderRequests[]
  readonly #sums = new Map<string, Demand>()
  #position = 0

  constructor(requests: readonly OrderRequests[]) {
    this.#requests = requests.toSorted((a, b) => a.invokedMs - b.invokedMs)
  }

  /** By option. Call with times in ascending order. */
  until(doneMs: number): ReadonlyMap<string, Demand> {
    for (;;) {
      const next = this.#requests[this.#position]
      if (!next || next.invokedMs > doneMs + clockSlackMs) return this.#sums
      this.#position += 1
      this.#add(next)
    }
  }

  #add({ pieces: wanted, tries }: OrderRequests) {
    for (const [optionId, quantity] of wanted) {
      const { pieces, granted } = this.#sums.get(optionId) ?? { pieces: 0, granted: 0 }
      const asked = quantity * tries
      this.#sums.set(optionId, { pieces: pieces + asked, granted: granted + asked * takesMax })
    }
  }
}
