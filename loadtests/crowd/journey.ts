import { piecesIn } from './answers.ts'
import { buyAtOnce, orderThenPay, type Visit } from './checkout.ts'
import type { ClientPolicy } from './client-policy.ts'
import { type JourneyOutcome, type JourneyRecord, type SlowRequest, slowMsMin } from './history.ts'
import type { Http } from './http.ts'
import { type Client, type Intent, pursue } from './intent.ts'
import { type Look, look, readBack } from './look.ts'
import { journeyRandom } from './random.ts'
import { type Customer, crowdNumbers, customerOf } from './shopping.ts'

export interface JourneyContext {
  seed: number
  /** Which customer of the crowd: 0, 1, … without gaps. */
  index: number
  /** Keys are `<keyPrefix>-<index>-` and `o` for the order, `p` the payment, `b` the balance. */
  keyPrefix: string
  users: number
  policy: ClientPolicy
  /** Sent as `x-design`, if given. */
  design: string | null
  /** Intended start, epoch ms; now if not given. */
  startedMs?: number
  onBadPolicy?: (header: string) => void
  /** What the scenario makes of the usual customer; nothing if absent. */
  customer?: (usual: Customer, index: number) => Customer
}

/**
 * One customer from arrival to receipt. Rejects only if the driver's `send` does.
 * @param shop what the customer does there
 */
export async function journey(
  http: Http,
  context: JourneyContext,
  shop: (visit: Visit) => Promise<JourneyOutcome> = browseAndBuy,
): Promise<JourneyRecord> {
  const usual = customerOf(context.seed, context.index, context.users)
  const customer = context.customer?.(usual, context.index) ?? usual
  const startedMs = context.startedMs ?? http.now()
  const slow: SlowRequest[] = []
  const visit: Visit = {
    customer,
    client: clientFor(timed(http, slow), context, customer.userId),
    key: `${context.keyPrefix}-${context.index}`,
    record: {
      index: context.index,
      userId: customer.userId,
      startedMs,
      endedMs: startedMs,
      outcome: 'left',
      checkoutMs: null,
      attempts: 0,
      intents: 0,
    },
  }
  const { client, record } = visit
  record.outcome = await shop(visit)
  if (record.order) {
    record.checkoutMs = (record.payment ?? record.order).doneMs - record.order.invokedMs
  }
  record.endedMs = http.now()
  if (customer.readsBack && record.outcome === 'paid') await readBack(visit)
  if (slow.length > 0) record.slow = slow
  record.attempts = client.attempts
  record.intents = client.intents
  return record
}

/** The same transport, which writes down requests that are slow. */
const timed = (http: Http, slow: SlowRequest[]): Http => ({
  now: () => http.now(),
  pause: (milliseconds) => http.pause(milliseconds),
  async send(request) {
    const askedMs = http.now()
    const answer = await http.send(request)
    const endedMs = http.now()
    if (endedMs - askedMs >= slowMsMin) {
      slow.push({ name: request.name, status: answer.status, askedMs, endedMs })
    }
    return answer
  },
})

function clientFor(http: Http, context: JourneyContext, userId: string): Client {
  return {
    http,
    userId,
    policy: context.policy,
    own: context.policy,
    random: journeyRandom(context.seed, context.index, 1),
    design: context.design,
    onBadPolicy: context.onBadPolicy ?? (() => {}),
    attempts: 0,
    intents: 0,
  }
}

/** Looks around, fills a cart or buys at once, and pays, as far as the customer goes. */
export async function browseAndBuy(visit: Visit): Promise<JourneyOutcome> {
  const { customer } = visit
  if (!(await browse(visit))) return 'failed'
  if (!customer.buysAtOnce && !(await fillCart(visit))) return 'failed'
  if (customer.leaves === 'before-order') return 'left'
  return customer.buysAtOnce ? await buyAtOnce(visit) : await orderThenPay(visit)
}

const dayMs = 86_400_000
const dayOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10)

/** @returns false where the shop did not show what the customer wanted to look at */
export async function browse(visit: Visit): Promise<boolean> {
  const { customer, record } = visit
  const looks: Look[] = []
  if (customer.browsesList)
    looks.push({ kind: 'products', path: '/api/v1/products?page=1&size=20' })
  if (customer.browsesPopular) {
    const from = dayOf(record.startedMs - (crowdNumbers.popularDays - 1) * dayMs)
    const days = `from=${from}&to=${dayOf(record.startedMs)}`
    looks.push({ kind: 'popular', path: `/api/v1/products/popular?${days}&limit=10` })
  }
  if (customer.productId !== null) {
    looks.push({ kind: 'product', path: `/api/v1/products/${customer.productId}` })
  }
  for (const one of looks) {
    if (!(await look(visit, one, { isKept: customer.keepsPages }))) return false
  }
  return true
}

async function fillCart({ client, customer, record }: Visit): Promise<boolean> {
  const path = `/api/v1/carts/${customer.userId}/items`
  record.cart = []
  for (const body of customer.items) {
    const add: Intent = { method: 'POST', path, name: 'cart-add', body, whole: isCartLine }
    const { outcome, attempts, answer } = await pursue(client, add)
    const pieces = outcome === 'ok' ? piecesIn(answer.body) : null
    record.cart.push({ ...body, outcome, attempts, ...(pieces === null ? {} : { pieces }) })
    if (outcome !== 'ok') return false
  }
  return true
}

const isCartLine = (body: unknown): boolean => piecesIn(body) !== null
