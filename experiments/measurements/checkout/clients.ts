import { between, journeyRandom, type Random } from '../../../loadtests/crowd/random.ts'
import { defaultSeedProfile } from '../../../server/db/seed.ts'
import { percentile } from '../../judge/statistics.ts'
import { timeOfRush, whileOpen } from '../../run/closed-loop.ts'
import type { Shop } from './shop.ts'

/** Where customers come, how many the shop knows, and what design they ask for. */
type Customers = Pick<Shop, 'api' | 'users' | 'design' | 'token'>
type How = Omit<Customers, 'api' | 'users'>

/** What every client does again and again. */
export interface CheckoutWork {
  /** Different items of an order. */
  items: number
  /** At once, each with one request under way. */
  clients: number
  /** So many of the plain options are bought; all of 400 where absent. */
  hotOptions?: number
}

/** The outcome within the time that counts. */
export interface Checkouts {
  paid: number
  paidPerSecond: number
  /** From the request for the order until the answer to its payment; NaN where none was paid. */
  p50Ms: number
  p99Ms: number
  /** Answers other than 201, by status and code. */
  refused: Record<string, number>
}

/** Who buys what, by the number of the call: the same in every turn. */
const seed = 1
/** What the second of two payments of one customer at the same time gets. */
const rightRefusal = '409 balance-conflict'
const answerMsMax = 15_000
const firstMsMax = 20_000
/** Options 1 to this are bought, those with a kind or an end of their own left out. */
const optionsMax = 400
const special = new Set([
  defaultSeedProfile.limitedOptionId,
  ...defaultSeedProfile.kinds.flatMap(({ optionId, giftOptionId }) => [optionId, giftOptionId]),
])
const plainOptions = Array.from({ length: optionsMax }, (_, index) => index + 1).filter(
  (id) => !special.has(id),
)

/**
 * Customers who place an order and pay it from their balance in a second request, over HTTP and
 * nothing else: the same at every version of the shop.
 * @param warmMs from the first order that is paid until what counts begins
 * @param read called when it begins, and when it is over
 */
export async function checkOut<Reading>(
  shop: Customers,
  work: CheckoutWork,
  { warmMs, countedMs, read }: { warmMs: number; countedMs: number; read(): Promise<Reading> },
): Promise<Checkouts & { readings: [Reading, Reading] }> {
  const run = crypto.randomUUID().slice(0, 8)
  const refused: Record<string, number> = {}
  const timesMs: number[] = []
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const first = Promise.withResolvers<void>()
  const one = async (call: number) => {
    const startedMs = performance.now()
    const failure = await checkoutOnce(shop, work, run, call)
    const endedMs = performance.now()
    if (failure === undefined) first.resolve()
    if (endedMs < fromMs || endedMs > toMs) return
    if (failure === undefined) timesMs.push(endedMs - startedMs)
    else refused[failure] = (refused[failure] ?? 0) + 1
  }
  const crowd = whileOpen(work.clients, () => performance.now() < toMs, one)
  // On a busy machine the first order of a shop may take seconds.
  await Promise.race([first.promise, Bun.sleep(firstMsMax)])
  await Bun.sleep(warmMs)
  const before = await read()
  fromMs = performance.now()
  toMs = fromMs + countedMs
  await Bun.sleep(countedMs)
  const readings: [Reading, Reading] = [before, await read()]
  await crowd
  const at = (share: number) => (timesMs.length > 0 ? percentile(timesMs, share) : Number.NaN)
  const paid = timesMs.length
  const paidPerSecond = (1000 * paid) / countedMs
  return { paid, paidPerSecond, p50Ms: at(0.5), p99Ms: at(0.99), refused, readings }
}

/**
 * Lets customers check out until `count` of them have tried, and holds that all could.
 * @param endsAtMs by `performance.now()`
 * @throws Error for an order that is wrongly refused, or at the end of the time
 */
export async function placeOrders(
  shop: Customers,
  work: CheckoutWork,
  count: number,
  endsAtMs: number,
): Promise<void> {
  const run = crypto.randomUUID().slice(0, 8)
  await timeOfRush(count, work.clients, async (call) => {
    if (performance.now() > endsAtMs) throw new Error(`only ${call} of ${count} orders in time`)
    const failure = await checkoutOnce(shop, work, run, call)
    const isRight = failure === undefined || failure === rightRefusal
    if (!isRight) throw new Error(`an order was not paid: ${failure}`)
  })
}

/** @returns what went wrong: `503 busy`; undefined where the order is paid */
async function checkoutOnce(
  { api, users, ...how }: Customers,
  { items, hotOptions = plainOptions.length }: CheckoutWork,
  run: string,
  call: number,
): Promise<string | undefined> {
  const random = journeyRandom(seed, call)
  const key = `${run}-${call}`
  try {
    const userId = String(between(random, 1, users))
    const order = { userId, items: anyItems(random, items, hotOptions) }
    const placed = await post(`${api}/api/v1/orders`, `${key}-order`, order, how)
    if (placed.status !== 201) return `${placed.status} ${placed.body.code}`
    const payment = { orderId: placed.body.id, method: 'balance' }
    const paid = await post(`${api}/api/v1/payments`, `${key}-pay`, payment, how)
    return paid.status === 201 ? undefined : `${paid.status} ${paid.body.code}`
  } catch (error) {
    return error instanceof Error ? error.name : 'no answer'
  }
}

async function post(url: string, key: string, body: object, { design, token }: How) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'idempotency-key': key },
      ...(design === undefined ? {} : { 'x-design': design }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(answerMsMax),
  })
  const answer = (await response.json()) as { id?: string; code?: string }
  return { status: response.status, body: answer }
}

function anyItems(random: Random, count: number, hotOptions: number) {
  const wanted = new Set<number>()
  while (wanted.size < count) wanted.add(plainOptions[between(random, 0, hotOptions - 1)] ?? 1)
  return [...wanted].map((id) => ({ optionId: String(id), quantity: 1 }))
}
