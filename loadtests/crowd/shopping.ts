import { between, journeyRandom, type Random } from './random.ts'

/** What the crowd is like. Shares are 0..1. */
export const crowdNumbers = {
  /** Users that the seed has, ids "1" to "N"; a driver may be given another number. */
  users: 5_000,
  /** Products that customers look at, ids "1" to "N": those of the hot options. */
  products: 10,
  /** Options that everybody wants, ids "1" to "N". */
  hotOptions: 20,
  /** Skew s: the most wanted share x of the options gets x^(1/s) of the items (1 = all alike). */
  hotSkew: 2,
  /** Different options in one order. */
  itemsMin: 1,
  itemsMax: 5,
  /** Pieces of each. */
  quantityMin: 1,
  quantityMax: 2,
  /** The limited edition: an option with very little stock, one piece a customer. */
  limitedOptionId: '21',
  limitedShare: 0.02,
  /** Look at the list of products, at one product. */
  browseListShare: 0.3,
  browseProductShare: 0.5,
  /** Look at what sold most in so many days, today included. */
  browsePopularShare: 0.1,
  popularDays: 7,
  /** Walk away with a full cart, or with an order that is never paid. */
  leaveBeforeOrderShare: 0.05,
  leaveBeforePaymentShare: 0.03,
  /** Of these: cancel the order, which would expire otherwise. */
  cancelShare: 0.5,
  /** Pay within the order request and skip the cart. */
  buyAtOnceShare: 0.3,
  /** Pay by card, the rest by balance; cards that the bank declines, of the cards. */
  cardShare: 0.85,
  declinedCardShare: 0.01,
  /** Send orders and payments twice at the same moment, under one key: a double click. */
  doubleShare: 0.02,
  /** Keep what they see while they look around, for the audit. */
  keepShare: 0.2,
  /** Look at their order, cart and balance once they have paid, and keep what they see. */
  readBackShare: 0.1,
  /** What is added to a balance where the scenario has top-ups, minor units. */
  topUpMinor: 50_000,
} as const

export interface Item {
  optionId: string
  quantity: number
}

export type PaymentChoice = { method: 'balance' } | { method: 'card'; cardToken: string }

/** Everything that one customer is going to do, decided before the first request. */
export interface Customer {
  userId: string
  browsesList: boolean
  /** Product page looked at, or null. */
  productId: string | null
  /** Different options, in the customer's own order: locks are taken in it by careless designs. */
  items: Item[]
  buysAtOnce: boolean
  payment: PaymentChoice
  leaves: 'before-order' | 'before-payment' | 'never'
  browsesPopular: boolean
  /** An order that is not going to be paid. */
  cancels: boolean
  sendsTwice: boolean
  keepsPages: boolean
  readsBack: boolean
}

/** What the shop is asked for by one customer, as an audit compares it with what was done. */
export interface Asked extends Pick<Customer, 'userId' | 'items' | 'payment'> {
  /** The items went through the cart, where what was there before is ordered too. */
  fromCart: boolean
}

export const askedBy = ({ userId, items, payment, buysAtOnce }: Customer): Asked => ({
  ...{ userId, items, payment },
  fromCart: !buysAtOnce,
})

/** Customer number `index` (0, 1, …) of the crowd grown from `seed`. */
export function customerOf(seed: number, index: number, users: number): Customer {
  const random = journeyRandom(seed, index)
  const chance = (share: number) => random() < share
  const leavesBeforeOrder = chance(crowdNumbers.leaveBeforeOrderShare)
  const leavesBeforePayment = chance(crowdNumbers.leaveBeforePaymentShare)
  return {
    // In turn, not drawn: a user's journeys lie as far apart as can be, and so do not share a cart.
    userId: String(1 + ((index + seed) % users)),
    browsesList: chance(crowdNumbers.browseListShare),
    productId: chance(crowdNumbers.browseProductShare)
      ? String(between(random, 1, crowdNumbers.products))
      : null,
    items: wantedItems(random),
    buysAtOnce: chance(crowdNumbers.buyAtOnceShare),
    payment: chance(crowdNumbers.cardShare)
      ? { method: 'card', cardToken: cardToken(chance(crowdNumbers.declinedCardShare)) }
      : { method: 'balance' },
    leaves: leavesBeforeOrder ? 'before-order' : leavesBeforePayment ? 'before-payment' : 'never',
    // Drawn last, each in its turn: the customers are those of before it was asked.
    browsesPopular: chance(crowdNumbers.browsePopularShare),
    cancels: chance(crowdNumbers.cancelShare),
    sendsTwice: chance(crowdNumbers.doubleShare),
    keepsPages: chance(crowdNumbers.keepShare),
    readsBack: chance(crowdNumbers.readBackShare),
  }
}

const cardToken = (declined: boolean): string => (declined ? 'card-declined' : 'card-accepted')

/** Cheap on purpose: k6 interprets it, once per journey. */
function wantedItems(random: Random): Item[] {
  const count = between(random, crowdNumbers.itemsMin, crowdNumbers.itemsMax)
  const ranks: number[] = []
  while (ranks.length < count) {
    let rank = Math.floor(crowdNumbers.hotOptions * random() ** crowdNumbers.hotSkew)
    // Already chosen: the next best one. There are far more options than items.
    while (ranks.includes(rank)) rank = (rank + 1) % crowdNumbers.hotOptions
    ranks.push(rank)
  }
  const items = ranks.map((rank) => ({
    optionId: String(rank + 1),
    quantity: between(random, crowdNumbers.quantityMin, crowdNumbers.quantityMax),
  }))
  if (random() < crowdNumbers.limitedShare) {
    items[between(random, 0, count - 1)] = { optionId: crowdNumbers.limitedOptionId, quantity: 1 }
  }
  return items
}
