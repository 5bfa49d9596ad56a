import { extraItem, type SeededBug, setCharge } from './bug.ts'

export const stockAndMoney: readonly SeededBug[] = [
  {
    bug: 'oversold: two buyers of the last piece',
    caughtBy: 'stock-conserved',
    says: 'option 13',
    sql: [
      'update orders set total_minor = total_minor + 9000 where id = 109',
      extraItem(299, 109, 13, 9000),
    ],
  },
  {
    bug: 'stock below zero',
    caughtBy: 'stock-conserved',
    says: 'stock of -1',
    sql: ['update product_options set stock = -1 where id = 13', extraItem(299, 109, 13, 9000)],
  },
  {
    bug: 'stock of a cancelled order given back twice',
    caughtBy: 'stock-conserved',
    says: 'option 11',
    sql: ['update product_options set stock = stock + 1 where id = 11'],
  },
  {
    bug: 'an option vanished with its orders',
    caughtBy: 'stock-conserved',
    says: 'option 13',
    sql: ['delete from product_options where id = 13'],
  },
  {
    bug: 'a total that its items do not cost',
    caughtBy: 'order-totals',
    says: 'order 108 says 1001',
    sql: ['update orders set total_minor = 1001 where id = 108'],
  },
  {
    bug: 'an order without items',
    caughtBy: 'order-totals',
    says: 'order 108',
    sql: ['delete from order_items where order_id = 108'],
  },
  {
    bug: 'items without an order',
    caughtBy: 'order-totals',
    says: 'item 299',
    sql: [extraItem(299, 999, 11, 1000)],
  },
  {
    bug: 'a payment of less than the order',
    caughtBy: 'order-totals',
    says: 'payment 505',
    sql: ['update payments set amount_minor = 8999 where id = 505'],
  },
  {
    bug: 'a paid order without a payment',
    caughtBy: 'order-totals',
    says: 'order 108 has 0',
    sql: [`update orders set status = 'paid' where id = 108`],
  },
  {
    bug: 'a captured payment of an unpaid order',
    caughtBy: 'order-totals',
    says: 'order 107 is pending',
    sql: [`update orders set status = 'pending' where id = 107`],
  },
  {
    bug: 'a balance drifted',
    caughtBy: 'balances',
    says: 'user 2',
    sql: ['update users set balance_minor = balance_minor - 1 where id = 2'],
  },
  {
    bug: 'a balance below zero',
    caughtBy: 'balances',
    says: 'user 3',
    sql: ['update users set balance_minor = -5, initial_balance_minor = -5 where id = 3'],
  },
  {
    bug: 'a user vanished with the balance',
    caughtBy: 'balances',
    says: 'charge-gift is for user 2',
    sql: ['delete from users where id = 2'],
  },
  {
    bug: 'paid by balance, and nothing taken',
    caughtBy: 'balances',
    says: 'payment 501',
    sql: [
      `delete from balance_entries where reference like 'payment-%'`,
      'update users set balance_minor = 100000 where id = 1',
    ],
  },
  {
    bug: 'taken from the balance for a payment that failed',
    caughtBy: 'balances',
    says: 'no captured payment',
    sql: [`update payments set status = 'failed', live_order_id = null where id = 501`],
  },
  {
    bug: 'an orphan charge: the bank took money for a payment that failed',
    caughtBy: 'captures-match-bank',
    says: 'payment 504 is failed',
    evidence: setCharge('4-o', { status: 'captured', amountMinor: 2_500 }),
  },
  {
    bug: 'an orphan charge: rolled back here, captured there',
    caughtBy: 'captures-match-bank',
    says: 'we know of none',
    evidence: ({ bank }) => bank.push({ reference: 'lost', amountMinor: 1, status: 'captured' }),
  },
  {
    bug: 'a capture that the bank does not know',
    caughtBy: 'captures-match-bank',
    says: 'payment 502',
    evidence: ({ bank }) => bank.splice(0, 1),
  },
  {
    bug: 'a capture that the bank refunded',
    caughtBy: 'captures-match-bank',
    says: 'refunded to the bank',
    evidence: setCharge('5-p', { status: 'refunded' }),
  },
  {
    bug: 'the bank took another amount',
    caughtBy: 'captures-match-bank',
    says: 'the bank took 9001',
    evidence: setCharge('5-p', { amountMinor: 9_001 }),
  },
  {
    bug: 'a cancelled order kept its charge',
    caughtBy: 'captures-match-bank',
    says: 'order 107 is cancelled',
    sql: [`update orders set status = 'cancelled', cancel_reason = 'customer' where id = 107`],
  },
]
