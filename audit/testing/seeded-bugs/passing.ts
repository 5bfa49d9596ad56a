import type { BankCharge, Evidence } from '../../checker.ts'
import { keyPrefix, referenceOf } from '../fixture-rows.ts'
import { caughtBy, copyOf, setOrder } from './bug.ts'

/** Two pieces of option 12, both sold: orders 101 and 103 have them, and for a time 105 had one. */
export const lastTwo = 'update product_options set initial_stock = 2, stock = 0 where id = 12'

const cancelledAt = (time: string) =>
  `update orders set cancelled_at = '2026-01-05 ${time}' where id = 105`

/** Order 105 was acknowledged before order 103, and cancelled in the millisecond of its answer. */
export const soldAgain = {
  sql: [lastTwo, cancelledAt('09:00:02.050')],
  evidence: (evidence: Evidence) => {
    evidence.idsInOrder = false
    // The pages that were kept show the stock of the fixture.
    for (const line of evidence.history) delete line.kept
    const doneMs = Date.parse('2026-01-05T09:00:01Z')
    setOrder(4, { invokedMs: doneMs - 40, doneMs })(evidence)
  },
}

/** The bank captures and refunds a second charge of order 107, as its ledger has it. */
export const secondCharge = [
  ...copyOf('payments', 505, `id = 599, live_order_id = null, status = 'failed', reference = 'b'`),
  ...copyOf('payment_history', 604, 'id = 697, payment_id = 599'),
  ...copyOf('payment_history', 614, 'id = 698, payment_id = 599'),
]

const changed = (reference: string, status: BankCharge['status'], atMs = 0) => ({
  ...{ reference, status, atMs },
})

export const refundedBefore = ({ bankChanges }: Evidence) =>
  bankChanges.unshift(changed('b', 'captured'), changed('b', 'refunded'))

/** Of the payment that journey 3 was refused, so many ms after the answer. */
export const refundAfter = (lateMs: number) => (evidence: Evidence) => {
  const { doneMs = 0 } = evidence.history[3]?.payment ?? {}
  const reference = referenceOf(`${keyPrefix}-3-p`)
  evidence.bankChanges.push(
    changed(reference, 'captured', doneMs - 5),
    changed(reference, 'refunded', doneMs + lateMs),
  )
}

/** Wrong for a time, and over by the end. */
export const passing = [
  ...caughtBy('never-oversold', {
    'oversold, then cancelled': {
      says: 'option 12 began with 2, at 2026-01-05T09:00:04.050Z customers held 3',
      sql: [lastTwo, cancelledAt('09:00:04.051')],
    },
  }),
  ...caughtBy('never-overcharged', {
    'charged twice at once, then refunded': {
      says: 'the bank held 2 charges of order 107 at once',
      sql: secondCharge,
      evidence: ({ bankChanges }) =>
        bankChanges.push(changed('b', 'captured'), changed('b', 'refunded')),
    },
    'charged without a payment, then refunded': {
      says: 'the bank refunded b, we know of none',
      evidence: refundedBefore,
    },
    'refused for good, and refunded later': {
      says: 'key fix-3-p was refused, and refunded 1 ms after that',
      evidence: refundAfter(1),
    },
    'an order paid at once was refused, and refunded later': {
      says: 'key fix-10-o was refused, and refunded',
      evidence: setOrder(10, { outcome: 'fail' }),
    },
  }),
]
