import { caughtBy, copyOf, extraItem, setCharge } from './bug.ts'

export const stockAndMoney = [
  ...caughtBy('stock-conserved', {
    'oversold: two buyers of the last piece': {
      says: 'option 13',
      sql: [
        'update orders set total_minor = total_minor + 9000 where id = 109',
        extraItem(299, 109, 13, 9000),
      ],
    },
    'stock below zero': {
      says: 'stock of -1',
      sql: ['update product_options set stock = -1 where id = 13', extraItem(299, 109, 13, 9000)],
    },
    'stock of a cancelled order given back twice': {
      says: 'option 11',
      sql: ['update product_options set stock = stock + 1 where id = 11'],
    },
    'an option vanished with its orders': {
      says: 'option 13',
      sql: ['delete from product_options where id = 13'],
    },
  }),
  ...caughtBy('order-totals', {
    'a total that its items do not cost': {
      says: 'order 108 says 1001',
      sql: ['update orders set total_minor = 1001 where id = 108'],
    },
    'an order without items': {
      says: 'order 108',
      sql: ['delete from order_items where order_id = 108'],
    },
    'items without an order': {
      says: 'item 299',
      sql: [extraItem(299, 999, 11, 1000)],
    },
    'a payment of less than the order': {
      says: 'payment 505',
      sql: ['update payments set amount_minor = 8999 where id = 505'],
    },
    'a paid order without a payment': {
      says: 'order 108 has 0',
      sql: [`update orders set status = 'paid' where id = 108`],
    },
    'a captured payment of an unpaid order': {
      says: 'order 107 is pending',
      sql: [`update orders set status = 'pending' where id = 107`],
    },
  }),
  ...caughtBy('balances', {
    'a balance drifted': {
      says: 'user 2',
      sql: ['update users set balance_minor = balance_minor - 1 where id = 2'],
    },
    'a balance below zero': {
      says: 'user 3',
      sql: ['update users set balance_minor = -5, initial_balance_minor = -5 where id = 3'],
    },
    'a user vanished with the balance': {
      says: 'charge-gift is for user 2',
      sql: ['delete from users where id = 2'],
    },
    'paid by balance, and nothing taken': {
      says: 'payment 501',
      sql: [
        `delete from balance_entries where reference like 'payment-%'`,
        'update users set balance_minor = 100000 where id = 1',
      ],
    },
    'taken from the balance for a payment that failed': {
      says: 'no captured payment',
      sql: [`update payments set status = 'failed', live_order_id = null where id = 501`],
    },
  }),
  ...caughtBy('payment-history', {
    'a payment was captured, and no row says so': {
      says: 'payment 501 is captured, its history by time is requested',
      sql: ['delete from payment_history where id = 611'],
    },
    'a payment without any history': {
      says: 'payment 503 is declined, its history by time is empty',
      sql: ['delete from payment_history where payment_id = 503'],
    },
    'an approval whose request was never written': {
      says: 'payment 505 is captured, its history by time is approved',
      sql: ['delete from payment_history where id = 605'],
    },
    'an undo that wrote the wrong end': {
      says: 'payment 504 is failed, its history by time is requested, declined',
      sql: [`update payment_history set state = 'declined' where id = 614`],
    },
    'a payment that was approved and failed': {
      says: 'payment 502 is captured, its history by time is requested, approved, failed',
      sql: copyOf('payment_history', 612, `id = 699, state = 'failed'`),
    },
    'a payment that is on its way, approved in advance': {
      says: 'payment 505 is sent, its history by time is requested, approved',
      sql: [`update payments set status = 'sent' where id = 505`],
    },
    'a history that outlives its payment, which was rolled back': {
      says: 'row 606 (requested) is of payment 506',
      sql: ['delete from payments where id = 506'],
    },
    'an end that came before the request': {
      says: 'payment 505 is captured, its history by time is approved, requested',
      sql: [
        'update payment_history set created_at = created_at - interval 1 second where id = 615',
      ],
    },
    'ids of a history that sort it the wrong way round': {
      says: 'payment 501 is captured, its history by id is approved, requested',
      sql: ['update payment_history set id = 600 where id = 611'],
    },
  }),
  ...caughtBy('captures-match-bank', {
    'an orphan charge: the bank took money for a payment that failed': {
      says: 'payment 504 is failed',
      evidence: setCharge('4-o', { status: 'captured', amountMinor: 2_500 }),
    },
    'an orphan charge: rolled back here, captured there': {
      says: 'we know of none',
      evidence: ({ bank }) => bank.push({ reference: 'lost', amountMinor: 1, status: 'captured' }),
    },
    'a capture that the bank does not know': {
      says: 'payment 502',
      evidence: ({ bank }) => bank.splice(0, 1),
    },
    'a capture that the bank refunded': {
      says: 'refunded to the bank',
      evidence: setCharge('5-p', { status: 'refunded' }),
    },
    'a payment was called declined, and the bank was never asked': {
      says: 'is declined by us, unknown to the bank',
      evidence: ({ bank }) => bank.splice(1, 1),
    },
    'the bank took another amount': {
      says: 'the bank took 9001',
      evidence: setCharge('5-p', { amountMinor: 9_001 }),
    },
    'a cancelled order kept its charge': {
      says: 'order 107 is cancelled',
      sql: [`update orders set status = 'cancelled', cancel_reason = 'customer' where id = 107`],
    },
  }),
]
