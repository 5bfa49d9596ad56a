import { asked } from './asked.ts'
import { caughtBy, copyOf, type SeededBug } from './bug.ts'
import { cartLines } from './carts.ts'
import { coupons } from './coupons.ts'
import { designChanges } from './design.ts'
import { events } from './events.ts'
import { flows } from './flows.ts'
import { grants } from './grants.ts'
import { intakes } from './intakes.ts'
import { kinds } from './kinds.ts'
import { stockAndMoney } from './money.ts'
import { lostAndPhantom } from './orders.ts'
import { passing } from './passing.ts'
import { reads } from './reads.ts'
import { refused } from './refused.ts'
import { refusedAndRepeated } from './repeats.ts'
import { topUps } from './top-ups.ts'
import { warehouse } from './warehouse.ts'

/** Defects that the shop's tables let happen. */
export const seededBugs: readonly SeededBug[] = [
  ...lostAndPhantom,
  ...asked,
  ...cartLines,
  ...refused,
  ...reads,
  ...refusedAndRepeated,
  ...stockAndMoney,
  ...topUps,
  ...passing,
  ...kinds,
  ...grants,
  ...events,
  ...flows,
  ...warehouse,
  ...intakes,
  ...coupons,
  ...designChanges,
]

/** Defects that need an index to be gone first: they spoil the schema they are planted in. */
export const bugsPastIndexes: readonly SeededBug[] = [
  ...caughtBy('one-order-per-key', {
    'two orders under one key': {
      says: 'key fix-2-o made orders 103 and 199',
      sql: [
        'alter table orders drop index orders_idempotency_key',
        ...copyOf('orders', 103, 'id = 199'),
      ],
    },
  }),
  ...caughtBy('one-charge-per-key', {
    'two live payments of one order, both marked': {
      says: 'order 107 has 2 live payments',
      sql: [
        'alter table payments drop index payments_live_order',
        ...copyOf('payments', 505, `id = 599, idempotency_key = 'fix-5-p-2', reference = 'second'`),
      ],
    },
  }),
  ...caughtBy('captures-match-bank', {
    'one charge pays for two orders, by a key that was used again later': {
      says: 'pays for the orders 107 and 109',
      sql: [
        'alter table payments drop index payments_reference',
        ...copyOf('payments', 505, 'id = 599, order_id = 109, live_order_id = 109'),
        `update orders set status = 'paid', total_minor = 9000 where id = 109`,
      ],
    },
  }),
  ...caughtBy('ids-unique-and-ordered', {
    'one id for two orders': {
      says: 'id 103 is there 2 times',
      sql: [
        'alter table orders drop primary key',
        ...copyOf('orders', 103, `idempotency_key = 'fix-9-o-2'`),
      ],
    },
  }),
  ...caughtBy('coupons-unique', {
    'one number that was issued twice': {
      says: 'was issued 2 times',
      sql: [
        'alter table coupon_issues drop primary key',
        `insert into coupon_issues select * from coupon_issues where request_id = 'one'`,
      ],
    },
  }),
  ...caughtBy('coupons-redeemed-once', {
    'a coupon that two orders have redeemed': {
      says: 'was redeemed by 2 orders',
      sql: [
        'alter table coupon_redemptions drop primary key',
        'insert into coupon_redemptions select number, 102, redeemed_at from coupon_redemptions',
      ],
    },
  }),
  ...caughtBy('effects-once', {
    'an effect that was applied twice': {
      says: 'order-paid-101 has 4 of its 3',
      sql: [
        'alter table effects drop primary key',
        `insert into effects select * from effects
         where event_id = 'order-paid-101' and handler = 'messages'`,
      ],
    },
  }),
]
