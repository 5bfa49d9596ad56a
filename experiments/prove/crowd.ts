import { buyAtOnce, orderThenPay, type Visit } from '../../loadtests/crowd/checkout.ts'
import { type ClientPolicy, defaultPolicy } from '../../loadtests/crowd/client-policy.ts'
import type { JourneyOutcome, JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Http } from '../../loadtests/crowd/http.ts'
import { journey } from '../../loadtests/crowd/journey.ts'
import {
  type Asked,
  askedBy,
  type Customer,
  customerOf,
  type PaymentChoice,
} from '../../loadtests/crowd/shopping.ts'
import { whileOpen } from '../run/closed-loop.ts'

/**
 * Waits for longer than the shop takes to answer anything (8 s), and asks again under the same key
 * for longer than a killed shop takes to come back and its claims of keys take to expire (20 s),
 * with pauses of the same length, so that no customer waits for long once they have.
 */
const policy: ClientPolicy = {
  ...{ ...defaultPolicy, attempts: 20, timeoutMs: 10_000 },
  ...{ backoff: 'fixed', baseMs: 2000, jitter: 0.5 },
}
/** Of so many customers one gets no answer to the first try of anything. */
const lostEvery = 19
/** Of so many customers one pays by card, with a bank that takes its time; the rest by balance. */
const cardEvery = 50

export interface OrderCrowd {
  http: Http
  keyPrefix: string
  seed: number
  users: number
  /** Orders asked for at the same time. */
  callers: number
}

/**
 * Orders and pays, again and again, until `count` customers have had their answer: the hot options
 * of the crowd, in each customer's own order; every other one pays in a request of its own. Some
 * ask again under the same key for what was done, others send it twice at once.
 * @param halfway called once half of them have begun. Once it has ended, as many callers come on
 * top: after a kill the first ones wait until the claims of their keys expire
 * @returns a history as of any driver; what had no clear answer is `info`
 */
export async function orderMany(
  crowd: OrderCrowd,
  count: number,
  advance: (fraction: number) => void,
  halfway: () => Promise<void> = async () => {},
): Promise<JourneyRecord[]> {
  const history: JourneyRecord[] = []
  let begun = 0
  let half: Promise<void> | undefined
  const lossy = losingFirstAnswers(crowd.http)
  const callers = () => whileOpen(crowd.callers, () => begun < count, checkOutNext)
  async function checkOutNext() {
    const index = begun++
    if (index * 2 >= count) half ??= halfway().then(callers)
    const context = { ...crowd, index, policy, design: null }
    const http = index % lostEvery === 0 ? lossy : crowd.http
    history.push(await journey(http, context, checkOut))
    advance(history.length / count)
  }
  await callers()
  await half
  return history
}

/** The shop answers the first try, and the network loses it: what was done is asked for again. */
const losingFirstAnswers = (http: Http): Http => ({
  ...http,
  send: async (request) => {
    const answer = await http.send(request)
    return request.headers['x-attempt'] === '1' ? { status: 0 } : answer
  },
})

function buyer(customer: Customer, index: number): Customer {
  const payment: PaymentChoice =
    index % cardEvery === 0 ? { method: 'card', cardToken: 'card-ok' } : { method: 'balance' }
  return { ...customer, payment, leaves: 'never' }
}

/** What each of them asks for, by its index. */
export const buyersAsk =
  ({ seed, users }: Pick<OrderCrowd, 'seed' | 'users'>) =>
  (index: number): Asked => ({
    ...askedBy(buyer(customerOf(seed, index, users), index)),
    fromCart: false,
  })

/** No browsing, no cart, no customer leaves. */
function checkOut(visit: Visit): Promise<JourneyOutcome> {
  const { index } = visit.record
  const own: Visit = { ...visit, customer: buyer(visit.customer, index) }
  return index % 2 === 0 ? buyAtOnce(own) : orderThenPay(own, { items: own.customer.items })
}
