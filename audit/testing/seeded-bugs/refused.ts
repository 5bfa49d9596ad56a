import type { Evidence } from '../../checker.ts'
import { caughtBy, setAsked, setOrder, setPayment } from './bug.ts'

const wants = (optionId: string) => setAsked(6, { items: [{ optionId, quantity: 1 }] })
const paysBy = (payment: ReturnType<Evidence['asked']>['payment']) => setAsked(3, { payment })

/** The customer of journey 3 pays by a balance that covers half of the order. */
export const poorCustomer = {
  sql: [
    `update payments set method = 'balance', status = 'failed' where id = 503`,
    `update payment_history set state = 'failed' where id = 613`,
    'update users set balance_minor = 500, initial_balance_minor = 500 where id = 4',
  ],
  evidence: (evidence: Evidence) => {
    paysBy({ method: 'balance' })(evidence)
    setPayment(3, { code: 'insufficient-balance' })(evidence)
  },
}

const firstOfAll = setOrder(6, { invokedMs: 0, doneMs: 40 })
const soldOut = 'key fix-6-o was refused as sold out, yet of options'

export const refused = [
  ...caughtBy('refused-rightly', {
    'sold out, of an option with more than was ever asked for': {
      says: `${soldOut} (11) none can be short`,
      evidence: wants('11'),
    },
    'sold out, of a reservation within its quota': {
      says: `${soldOut} (17)`,
      evidence: wants('17'),
    },
    'sold out, before the others came': {
      says: `${soldOut} (12)`,
      sql: ['update product_options set initial_stock = 10 where id = 12'],
      evidence: (evidence) => {
        wants('12')(evidence)
        firstOfAll(evidence)
      },
    },
    'declined, with a good card': {
      says: 'key fix-3-p was declined, it paid by card-accepted',
      evidence: paysBy({ method: 'card', cardToken: 'card-accepted' }),
    },
    'declined once the bank had answered late, with a good card': {
      says: 'key fix-3-p was declined, it paid by card-accepted',
      evidence: (evidence) => {
        paysBy({ method: 'card', cardToken: 'card-accepted' })(evidence)
        const payment = evidence.history[3]?.payment
        delete payment?.code
        setPayment(3, { status: 200 })(evidence)
      },
    },
    'a balance that covers all is too low': {
      says: 'key fix-3-p was refused for its balance: 100000, for 1000 at most',
      evidence: poorCustomer.evidence,
    },
    'the balance of a buyer by card is too low': {
      says: 'key fix-3-p was refused for its balance',
      evidence: setPayment(3, { code: 'insufficient-balance' }),
    },
    'payment required, without a reason': {
      says: 'key fix-3-p was refused something-else',
      evidence: setPayment(3, { code: 'something-else' }),
    },
  }),
]
