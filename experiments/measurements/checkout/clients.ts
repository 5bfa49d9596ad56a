import { defaultSeedProfile } from '../../../server/db/seed.ts'
import { percentile } from '../../judge/statistics.ts'
import { whileOpen } from '../../run/closed-loop.ts'
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
    const failure = await checkoutOnce(shop, work.items, `${run}-${call}`)
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

/** @returns what went wrong: `503 busy`; undefined where the order is paid */
async function checkoutOnce(
  { api, users, ...how }: Customers,
  items: number,
  key: string,
): Promise<string | undefined> {
  try {
    const userId = String(1 + Math.floor(Math.random() * users))
    const order = { userId, items: anyItems(items) }
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

function anyItems(count: number) {
  const wanted = new Set<number>()
  while (wanted.size < count) {
    wanted.add(plainOptions[Math.floor(Math.random() * plainOptions.length)] ?? 1)
  }
  return [...wanted].map((id) => ({ optionId: String(id), quantity: 1 }))
}
