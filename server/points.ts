/**
 * Named places in the flows: faults attach there, tests put barriers there, timings end there.
 * The list is closed; a point that is not here cannot be asked for.
 */
export const points = {
  'cart.item.added': 'a cart line is written, its transaction still open',
  'order.quoted': 'prices are read, nothing is locked',
  'order.stock.taken': 'one item is taken from stock, its row lock still held',
  'order.written': 'the order and its items are written, not committed',
  'intake.taken': 'an order is in the queue of intakes, its 202 not yet sent',
  'intake.placed': 'an order of the queue is placed or refused, its intake does not say so yet',
  'payment.quoted': 'order and balance are read, nothing is locked',
  'payment.claimed': 'the order is claimed for this payment, not committed',
  'payment.collecting': 'just before the money is asked for',
  'payment.collected': 'the bank has answered, nothing is recorded yet',
  'payment.settled': 'payment and order are marked paid, not committed',
  'effects.published': 'the side effects are done or handed over, not committed',
  'dispatch.locked': 'a waiting order is locked for a worker of the warehouse, not yet taken',
  'dispatch.taken': 'a worker of the warehouse has an order, its answer not yet sent',
  'coupon.picked': 'a free coupon number is chosen, nothing is written about it yet',
  'coupon.issued': 'coupons are written into the issue log, not committed',
  'order.stock.returned': 'one item is given back to stock, not committed',
} as const

export type Point = keyof typeof points

export const pointNames = Object.keys(points) as Point[]

/** Every flow that passes there says which options of products it is about. */
export const pointsWithItems: readonly Point[] = [
  'cart.item.added',
  'order.stock.taken',
  'order.stock.returned',
]

/** Some flow that passes there has no connection, as one that asks the bank: nothing can sleep. */
export const pointsWithoutConnection: readonly Point[] = [
  'order.quoted',
  'intake.taken',
  'intake.placed',
  'payment.quoted',
  'payment.collecting',
  'payment.collected',
  'dispatch.taken',
]
