import type { Evidence } from '../../checker.ts'
import { addedIn, doubledOrder } from './asked.ts'
import { caughtBy, setAsked, setJourney } from './bug.ts'

const intoCart = (userId: number, optionId: number, quantity: number) =>
  `insert into cart_items (id, user_id, option_id, quantity)
   values (399, ${[userId, optionId, quantity].join(', ')})`

const reported = (pieces: number) => addedIn(3).cart.map((line) => ({ ...line, pieces }))

/** Both orders of journey 5 are of its cart, which so many requests put a piece into. */
export const orderedTwice = (attempts: number) => (evidence: Evidence) => {
  setAsked(5, { fromCart: true })(evidence)
  const cart = addedIn(attempts).cart.map((line) => ({ ...line, optionId: '13' }))
  setJourney(5, { cart })(evidence)
}

export const cartLines = [
  ...caughtBy('carts', {
    'what was ordered stayed in the cart': {
      says: 'option 12 of user 3: 1 in the cart, 1 ordered from it, yet at most 1 were put in',
      sql: [intoCart(3, 12, 1)],
    },
    'a line vanished, and nothing was ordered': {
      says: 'option 11 of user 9: 0 in the cart, 0 ordered from it, yet 1 were put in',
      sql: ['delete from cart_items'],
    },
    'a line was lost on its way into the order': {
      says: 'option 12 of user 1: 0 in the cart, 0 ordered from it, yet 1 were put in',
      sql: ['delete from order_items where id = 202'],
    },
    'one request put in two pieces': {
      says: 'option 11 of user 9: 2 in the cart',
      sql: ['update cart_items set quantity = 2'],
    },
    'a line of a user who did not come': {
      says: 'option 13 of user 2: 1 in the cart, 0 ordered from it, yet at most 0 were put in',
      sql: [intoCart(2, 13, 1)],
    },
    'the line went into the cart of another customer': {
      says: 'option 11 of user 9: 0 in the cart, 0 ordered from it',
      sql: ['update cart_items set user_id = 7'],
    },
    'fewer pieces were ordered than the answer reported': {
      says: 'option 11 of user 8: 0 in the cart, 1 ordered from it, yet 2 were put in',
      evidence: setJourney(7, { cart: reported(2) }),
    },
    'more pieces were ordered than all requests can have put in': {
      says: 'option 11 of user 8: 0 in the cart, 2 ordered from it, yet at most 1',
      sql: doubledOrder,
    },
    'one cart was ordered under two keys': {
      says: 'option 13 of user 6: 0 in the cart, 2 ordered from it, yet at most 1 were put in',
      evidence: orderedTwice(1),
    },
    'what a declined order had taken is in the cart again': {
      says: 'option 11 of user 4: 1 in the cart, 1 ordered from it',
      sql: [intoCart(4, 11, 1)],
    },
  }),
]
