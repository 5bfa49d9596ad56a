import { outcomeOf, type Visit } from './checkout.ts'
import type { JourneyOutcome, JourneyRecord } from './history.ts'
import type { Http } from './http.ts'
import { browse, browseAndBuy, type JourneyContext, journey } from './journey.ts'
import { type ScenarioName, scenarios, type VisitKind } from './profiles.ts'
import { type Asked, askedBy, type Customer, crowdNumbers, customerOf } from './shopping.ts'
import { topUp } from './top-up.ts'

interface VisitPlan {
  /** The customer of a scenario, made of the usual one of the same number. */
  customer(usual: Customer, index: number): Customer
  shop(visit: Visit): Promise<JourneyOutcome>
}

const looksAtAll = (usual: Customer, index: number): Customer => ({
  ...usual,
  browsesList: true,
  browsesPopular: true,
  productId: usual.productId ?? String(1 + (index % crowdNumbers.products)),
})

/** One request to each endpoint, so that journeys per second are requests per second of each. */
const buysOneFromBalance = (usual: Customer, index: number): Customer => ({
  ...looksAtAll(usual, index),
  items: usual.items.slice(0, 1),
  buysAtOnce: false,
  payment: { method: 'balance' },
  leaves: 'never',
})

const visits: Record<VisitKind, VisitPlan> = {
  shop: { customer: (usual) => usual, shop: browseAndBuy },
  'full-flow': {
    customer: buysOneFromBalance,
    shop: async (visit) =>
      (await topUp(visit)) ? await browseAndBuy(visit) : endOfTopUp(visit.record),
  },
  browse: {
    customer: looksAtAll,
    shop: async (visit) => ((await browse(visit)) ? 'left' : 'failed'),
  },
  'top-up': {
    customer: (usual) => usual,
    shop: async (visit) => ((await topUp(visit)) ? 'left' : endOfTopUp(visit.record)),
  },
}

const endOfTopUp = ({ topUp: ended }: JourneyRecord): JourneyOutcome =>
  ended ? outcomeOf(ended) : 'failed'

const visitOf = (scenario: ScenarioName): VisitPlan => visits[scenarios[scenario].visit]

/** One customer of a scenario, to the end. Rejects only if the driver's `send` does. */
export function journeyOf(
  scenario: ScenarioName,
  http: Http,
  context: JourneyContext,
): Promise<JourneyRecord> {
  const { customer, shop } = visitOf(scenario)
  return journey(http, { ...context, customer }, shop)
}

/** What each journey of a crowd asks for, by its index. */
export const crowdAsks =
  (scenario: ScenarioName, seed: number, users: number) =>
  (index: number): Asked =>
    askedBy(visitOf(scenario).customer(customerOf(seed, index, users), index))
