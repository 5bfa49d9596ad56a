import { caughtBy, extraItem } from './bug.ts'

export const kinds = [
  ...caughtBy('kinds-kept', {
    'a piece for one was promised and did not leave stock': {
      says: 'item 212 is 1 pieces of one-plus-one and holds 1 units',
      sql: ['update order_items set units = 1 where id = 212'],
    },
    'a reservation left stock': {
      says: 'item 215 is 1 pieces of reservation and holds 1',
      sql: ['update order_items set units = 1 where id = 215'],
    },
    'more of a gift left stock than was given': {
      says: 'item 214 is 1 pieces of a gift and holds 2',
      sql: ['update order_items set units = 2 where id = 214'],
    },
    'a gift that nothing brought': {
      says: 'order 108 has 1 gifts of option 16, its items bring 0',
      sql: [extraItem(299, 108, 16, 0)],
    },
    'a gift was forgotten': {
      says: 'order 103 has 0 gifts of option 16, its items bring 1',
      sql: ['delete from order_items where id = 214'],
    },
    'the quota of a cancelled reservation was kept': {
      says: 'option 17 (reservation) has 2 of its quota taken, orders hold 1',
      sql: ['update product_options set quota_taken = 2 where id = 17'],
    },
    'a quota was taken of a plain option': {
      says: 'option 11 (normal) has 1',
      sql: ['update product_options set quota_taken = 1 where id = 11'],
    },
    'more was reserved than the quota has': {
      says: 'option 17 has 1 taken of a quota of 0',
      sql: ['update product_options set quota = 0 where id = 17'],
    },
    'the share of a cancelled promotion was kept': {
      says: 'user 4 has had 1 pieces of promotion 18, orders hold 0',
      sql: ['insert into promotion_claims (option_id, user_id, quantity) values (18, 4, 1)'],
    },
    'a piece of a promotion was not put down to its customer': {
      says: 'user 3 has had 0 pieces of promotion 18, orders hold 1',
      sql: ['delete from promotion_claims'],
    },
  }),
]
