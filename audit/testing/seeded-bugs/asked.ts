import { caughtBy, setJourney } from './bug.ts'

/** The order of journey 7 holds two pieces and is in order with itself; one was wanted. */
export const doubledOrder = [
  'update order_items set quantity = 2, units = 2 where id = 209',
  'update orders set total_minor = 2000 where id = 108',
  'update product_options set stock = stock - 1 where id = 11',
]

/** What a customer reports who needed so many requests for a piece of option 11. */
export const addedIn = (attempts: number) => ({
  cart: [{ optionId: '11', quantity: 1, outcome: 'ok' as const, attempts, pieces: 1 }],
})

export const asked = [
  ...caughtBy('as-asked', {
    'an item was swapped for another': {
      says: 'order 102 of key fix-1-o holds 1 × option 12, asked for were 1 × option 11',
      sql: ['update order_items set option_id = 12, unit_price_minor = 2500 where id = 203'],
    },
    'a line of the cart was lost': {
      says: 'holds 2 × option 11, asked for were 2 × option 11, 1 × option 12',
      sql: ['delete from order_items where id = 202'],
    },
    'more pieces than were wanted': {
      says: 'order 108 of key fix-7-o holds 2 × option 11',
      sql: doubledOrder,
    },
    'more pieces than the repeats of a cart-add explain': {
      says: 'holds 3 × option 11, asked for were 1 × option 11',
      sql: ['update order_items set quantity = 3 where id = 209'],
      evidence: setJourney(7, addedIn(2)),
    },
    'the order of another customer': {
      says: 'order 103 of key fix-2-o belongs to user 4, user 3 asked for it',
      sql: ['update orders set user_id = 4 where id = 103'],
    },
    'a price of yesterday': {
      says: 'order 107 of key fix-5-o-2 has option 13 at 8000, its price is 9000',
      sql: ['update order_items set unit_price_minor = 8000 where id = 208'],
    },
    'paid in a way that was not chosen': {
      says: 'payment 505 of order 107 of key fix-5-o-2 is by balance, chosen was card',
      sql: [`update payments set method = 'balance' where id = 505`],
    },
    'a card that the bank declines was taken': {
      says: 'order 104 of key fix-3-o is paid by a card that the bank declines',
      sql: [`update orders set status = 'paid' where id = 104`],
    },
  }),
]
