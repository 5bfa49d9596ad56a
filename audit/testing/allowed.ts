import type { Evidence } from '../checker.ts'
import { addedIn, doubledOrder } from './seeded-bugs/asked.ts'
import { type Defect, setAsked, setJourney, setOrder } from './seeded-bugs/bug.ts'
import { orderedTwice } from './seeded-bugs/carts.ts'
import { secondAlert } from './seeded-bugs/events.ts'
import { soundGrants } from './seeded-bugs/grants.ts'
import { refundAfter, refundedBefore, secondCharge, soldAgain } from './seeded-bugs/passing.ts'
import { pageOfBefore } from './seeded-bugs/reads.ts'
import { poorCustomer } from './seeded-bugs/refused.ts'

const changes: [what: string, change: Partial<Defect>][] = [
  ['an order that no client reported', { evidence: ({ history }) => history.splice(2, 1) }],
  [
    'a second live order of a customer who tried again under a new key',
    {
      sql: [
        `update orders set status = 'pending', cancel_reason = null where id = 106`,
        'update product_options set stock = stock - 1 where id = 13',
      ],
    },
  ],
  [
    'an order of a key whose outcome is open',
    { sql: [`update orders set idempotency_key = 'fix-10-o' where id = 110`] },
  ],
  [
    'an order not yet expired, or expired a moment ago',
    { sql: ['update orders set expires_at = utc_timestamp() where id = 103'] },
  ],
  ['merged takes and reservations that were settled', { sql: soundGrants }],
  [
    'a piece that was put into the cart twice, for its first request had no answer',
    { sql: doubledOrder, evidence: setJourney(7, addedIn(2)) },
  ],
  [
    'a cart whose second request for a piece came after its first order',
    { evidence: orderedTwice(2) },
  ],
  [
    'a cart with what the same customer left there before',
    {
      sql: [...doubledOrder, 'delete from cart_items'],
      evidence: setAsked(8, { userId: '8' }),
    },
  ],
  ['a page from a cache, as old as its design declares', { evidence: pageOfBefore }],
  ['a balance that did not cover the order', poorCustomer],
  [
    'sold out, while others may have held the pieces',
    {
      evidence: setAsked(6, {
        items: ['11', '13'].map((optionId) => ({ optionId, quantity: 1 })),
      }),
    },
  ],
  [
    'the smaller id for an order that was asked for in the millisecond of the answer to another',
    {
      evidence: (evidence) => {
        setOrder(3, { invokedMs: 0, doneMs: 5 })(evidence)
        for (const index of [0, 1, 2]) setOrder(index, { invokedMs: 5 })(evidence)
      },
    },
  ],
  ['a piece that was sold again in the millisecond in which it was cancelled', soldAgain],
  [
    'an order that was charged again after its first charge was refunded',
    { sql: secondCharge, evidence: refundedBefore },
  ],
  ['a refund in the millisecond of the refusal', { evidence: refundAfter(0) }],
  [
    'an approval by a process whose ids are smaller, where the design promises no order',
    {
      sql: ['update payment_history set id = 600 where id = 611'],
      evidence: (evidence) => {
        evidence.idsInOrder = false
      },
    },
  ],
  ['an event delivered over and over', { evidence: repeatAll }],
  [
    'effects in memory, whose event is not in the outbox',
    {
      sql: [
        `insert into effects select 'order-paid-107', handler, 'done', 1, null, now()
         from effects where event_id = 'order-paid-101'`,
      ],
    },
  ],
  [
    'a dead effect that was replayed and died again, with a second alert',
    {
      sql: [
        `update effects set attempts = 6
         where event_id = 'order-paid-102' and handler = 'messages'`,
        ...secondAlert,
      ],
    },
  ],
]

/** Changes of the small shop that no checker may take for a defect. */
export const allowed = changes.map(([what, change]) => ({ what, ...change }))

function repeatAll({ deliveries }: Evidence) {
  for (const delivery of deliveries) delivery.count += 3
}
