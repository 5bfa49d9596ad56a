import type { SequenceName } from './ids.ts'

/** A query that goes by the order of a sequence's ids: inversions change what it shows. */
export interface IdSort {
  /** Source file, from the root of the checkout. */
  in: string
  /** What is read, in words. */
  shows: string
}

/** Who uses a sequence: a test compares it with the sources. */
export interface SequenceUse {
  /** Source files that take its ids, from the root of the checkout. */
  takenIn: readonly string[]
  /** Table whose `created_at` dates its rows. */
  datedBy: 'orders' | 'payments' | 'payment_history'
  /** False = rows are deleted, so that the first ids are not there any more. */
  isKept: boolean
  sorts: readonly IdSort[]
}

/** The uses of each sequence; its rows are in the table of its name. */
export const sequenceUses: Record<SequenceName, SequenceUse> = {
  cart_items: {
    takenIn: ['server/flows/carts.ts'],
    datedBy: 'orders',
    isKept: false,
    sorts: [
      { in: 'server/flows/carts.ts', shows: 'a cart, as it was filled' },
      { in: 'server/flows/place-order.ts', shows: 'the first lines of a cart, to order them' },
    ],
  },
  orders: {
    takenIn: ['server/flows/place-order.ts'],
    datedBy: 'orders',
    isKept: true,
    sorts: [
      { in: 'server/designs/dispatch/dispatch.ts', shows: 'the oldest orders to pick' },
      { in: 'server/designs/dispatch/skip-locked.ts', shows: 'the next order to pick' },
      { in: 'server/flows/dispatch-order.ts', shows: 'the list of orders to pick' },
      { in: 'server/worker/retention.ts', shows: 'picked orders, to be forgotten' },
    ],
  },
  order_items: {
    takenIn: ['server/flows/place-order.ts'],
    datedBy: 'orders',
    isKept: true,
    sorts: [
      { in: 'server/flows/read-order.ts', shows: 'the lines of an order' },
      { in: 'server/flows/cancel-order.ts', shows: 'the lines of an order, to give them back' },
      { in: 'server/flows/dispatch-order.ts', shows: 'the lines of an order, to pick them' },
    ],
  },
  payments: {
    takenIn: ['server/flows/payment-rows.ts'],
    datedBy: 'payments',
    isKept: true,
    sorts: [{ in: 'server/flows/read-order.ts', shows: 'the last payment of an order' }],
  },
  payment_history: {
    takenIn: ['server/flows/payment-history.ts'],
    datedBy: 'payment_history',
    isKept: true,
    sorts: [],
  },
}
