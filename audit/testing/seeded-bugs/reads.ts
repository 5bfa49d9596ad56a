import type { KeptKind } from '../../../loadtests/crowd/history.ts'
import type { Evidence } from '../../checker.ts'
import { caughtBy, setKept } from './bug.ts'

/** Changes the first option of the list of products, which is option 11. */
const setFirst = (changes: object) =>
  setKept('products', ({ items }) => Object.assign(items[0].options[0], changes))

const showStock = (stock: number) => setFirst({ stock })

/** A page with the stock of before the first order, and a design that may show it. */
export function pageOfBefore(evidence: Evidence) {
  evidence.stalenessMs = 8_000
  showStock(100)(evidence)
}

const answers404 = (kind: KeptKind) => (evidence: Evidence) => {
  const found = evidence.history.flatMap(({ kept = [] }) => kept).findLast((it) => it.kind === kind)
  Object.assign(found ?? {}, { status: 404, body: { code: 'not-found' } })
}

export const reads = [
  ...caughtBy('reads-fresh', {
    'a stock that is older than the design declares': {
      says: 'shows 98 of option 11, at most 97 were left 2000 ms before it was asked for',
      evidence: showStock(98),
    },
    'a stock that is a moment old, of a design without a cache': {
      says: 'shows 98 of option 11, at most 97 were left when it was asked for',
      evidence(evidence) {
        evidence.stalenessMs = 0
        showStock(98)(evidence)
      },
    },
    'less in stock than all together may have taken': {
      says: 'shows 0 of option 11, at least 46 were left by then',
      evidence: showStock(0),
    },
    'a price of yesterday': {
      says: 'shows option 11 at 900, its price is 1000',
      evidence: setFirst({ priceMinor: 900 }),
    },
    'the name of another option': {
      says: 'calls option 11 option 12',
      evidence: setFirst({ name: 'option 12' }),
    },
    'a product is missing from a page': {
      says: '/api/v1/products?page=1&size=20 lacks product 2',
      evidence: setKept('products', ({ items }) => items.pop()),
    },
    'an option is missing from a product': {
      says: 'lacks option 18, in product 2',
      evidence: setKept('products', ({ items }) => items[1].options.pop()),
    },
    'an option of another product': {
      says: 'has option 18, which belongs elsewhere, in product 1',
      evidence: setKept('products', ({ items: [one, other] }) =>
        one.options.push(other.options.pop()),
      ),
    },
    'products out of order': {
      says: 'has its products in the order 2,1',
      evidence: setKept('products', ({ items }) => items.reverse()),
    },
    'a wrong number of pages': {
      says: 'counts 3 products of 2',
      evidence: setKept('products', (page) => Object.assign(page, { total: 3 })),
    },
    'the page of another product': {
      says: '/api/v1/products/1 shows product 2',
      evidence: setKept('product', (page) => Object.assign(page, { id: '2' })),
    },
    'half a page': {
      says: '/api/v1/products/1 is not whole',
      evidence: setKept('product', (page) => delete page.options),
    },
    'a product is not found': {
      says: '/api/v1/products/1 was answered by 404',
      evidence: answers404('product'),
    },
    'a best seller is missing': {
      says: 'lacks option 18',
      evidence: setKept('popular', ({ items }) => items.splice(1, 1)),
    },
    'more sold than there were sales': {
      says: 'has 12 of option 12 sold, which were 9 to 10',
      evidence: setKept('popular', ({ items }) => Object.assign(items[0], { totalSold: 12 })),
    },
    'a best seller of other days': {
      says: 'has option 16, of which none was sold',
      evidence: setKept('popular', ({ items }) => Object.assign(items[2], { optionId: '16' })),
    },
    'best sellers out of order': {
      says: 'has option 18 out of order',
      evidence: setKept('popular', ({ items }) => items.reverse()),
    },
  }),
  ...caughtBy('read-your-writes', {
    'a paid order reads as unpaid': {
      says: 'order 107 was paid and is shown as pending',
      evidence: setKept('order-read', (order) => Object.assign(order, { status: 'pending' })),
    },
    'a paid order is not found': {
      says: 'order 107 was paid and is then not found',
      evidence: answers404('order-read'),
    },
    'the order of another customer': {
      says: 'order 107 was paid and is shown as order 101 of user 6',
      evidence: setKept('order-read', (order) => Object.assign(order, { id: '101' })),
    },
    'a paid order is shown without its items': {
      says: 'is shown with nothing, it holds 1 × option 13 at 9000 (1 units)',
      evidence: setKept('order-read', ({ items }) => items.pop()),
    },
    'a paid order is shown at another price': {
      says: 'is shown at 8000, paid with 9000: it costs 9000',
      evidence: setKept('order-read', (order) => Object.assign(order, { totalMinor: 8_000 })),
    },
    'a payment that was acknowledged is still on its way': {
      says: 'is shown with its payment sent',
      evidence: setKept('order-read', ({ payment }) => Object.assign(payment, { status: 'sent' })),
    },
    'what was paid for is still in the cart': {
      says: 'order 101 was paid and option 12 is still in the cart',
      evidence: setKept('cart-read', ({ items }) => items.push({ optionId: '12', quantity: 1 })),
    },
    'the balance of before the payment': {
      says: 'user 1 then has 100000, which can be 95500 to 95500',
      evidence: setKept('user-read', (user) => Object.assign(user, { balanceMinor: 100_000 })),
    },
    'no balance at all': {
      says: '/api/v1/users/1 is not whole',
      evidence: setKept('user-read', (user) => delete user.balanceMinor),
    },
  }),
]
