import type { JourneyOutcome, JourneyRecord, Operation } from '../crowd/history.ts'
import type { Answer, Http } from '../crowd/http.ts'
import { customerOf } from '../crowd/shopping.ts'

/** Longest that one answer is waited for; the shop itself gives one within 8 s. */
const answerMsMax = 10_000
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
 * Orders and pays in one request, again and again, until `count` customers have had their answer:
 * the hot options of the crowd, in each customer's own order.
 * @param halfway called once half of them have begun
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
  const caller = async () => {
    while (begun < count) {
      const index = begun++
      if (index * 2 >= count) half ??= halfway()
      history.push(await orderOnce(crowd, index))
      advance(history.length / count)
    }
  }
  await Promise.all(Array.from({ length: crowd.callers }, caller))
  await half
  return history
}

async function orderOnce(crowd: OrderCrowd, index: number): Promise<JourneyRecord> {
  const { http, keyPrefix, seed, users } = crowd
  const { userId, items } = customerOf(seed, index, users)
  const key = `${keyPrefix}-${index}-o`
  const payment =
    index % cardEvery === 0 ? { method: 'card', cardToken: 'card-ok' } : { method: 'balance' }
  const startedMs = http.now()
  const answer = await http.send({
    method: 'POST',
    path: '/api/v1/orders',
    name: 'order',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      'x-attempt': '1',
    },
    body: JSON.stringify({ userId, items, payment }),
    timeoutMs: answerMsMax,
    needsBody: true,
  })
  const endedMs = http.now()
  const order = operationOf(answer, key, startedMs, endedMs)
  return {
    ...{ index, userId, startedMs, endedMs, order },
    outcome: outcomeOf(order),
    checkoutMs: endedMs - startedMs,
    attempts: 1,
    intents: 1,
  }
}

interface Body {
  id?: string
  totalMinor?: number
  code?: string
  definite?: boolean
}

function operationOf(
  { status, body }: Answer,
  key: string,
  invokedMs: number,
  doneMs: number,
): Operation {
  const { id, totalMinor, code, definite } = (body ?? {}) as Body
  const isOk = status === 201
  const base = { keys: [key], status, invokedMs, doneMs, attempts: 1 }
  if (isOk && id !== undefined && totalMinor !== undefined) {
    return { ...base, outcome: 'ok', id, amountMinor: totalMinor }
  }
  const outcome = !isOk && definite === true ? 'fail' : 'info'
  return { ...base, outcome, ...(code === undefined ? {} : { code }) }
}

function outcomeOf({ outcome, code, status }: Operation): JourneyOutcome {
  if (outcome === 'ok') return 'paid'
  if (outcome === 'info') return 'unknown'
  if (code === 'sold-out') return 'soldOut'
  return status === 402 ? 'left' : 'failed'
}
